/**
 * Chat templates: the Jinja source that a model file carries, rendered as Python's transformers
 * renders it. Jinjava keeps the statements (tree, conditions, output limit); expressions follow
 * Python here, because Jinjava's follow Java's expression language, which has no slices, no Python
 * string methods and another notion of truth, equality and text.
 */
package dev.ebb.router.template;
