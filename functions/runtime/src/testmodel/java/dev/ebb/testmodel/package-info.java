/** A model file made on the spot: random weights, a token a byte. Tests of several modules compile this folder. */
package dev.ebb.testmodel;
