/** What is announced of a model. */
package dev.ebb.router.app.model;
