/** Model names, the model cache, and the sources that models are pulled from: a package, a hub, a local file. */
package dev.ebb.cli.model;
