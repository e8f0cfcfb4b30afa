/**
 * Model files: what a model is ({@link dev.ebb.engine.model.ModelConfig}, tensors by role) and the
 * formats that store one. Every reader refuses a damaged file with the field and the offset.
 */
package dev.ebb.engine.model;
