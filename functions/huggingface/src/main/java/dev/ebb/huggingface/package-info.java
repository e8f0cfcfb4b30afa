/**
 * Hugging Face model folders: safetensors weights, config.json and tokenizer.json. Kept apart from
 * the engine because they need a JSON parser; found by {@link java.util.ServiceLoader}.
 */
package dev.ebb.huggingface;
