/** The models that the router serves: names, tokenizers, templates, limits; never their weights. */
package dev.ebb.router.app.model;
