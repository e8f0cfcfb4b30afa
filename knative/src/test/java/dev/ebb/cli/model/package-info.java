/** Tests of the model cache and of every way that a pull can go, against servers and installers of their own. */
package dev.ebb.cli.model;
