/**
 * Text to token ids and back: byte-level BPE and SentencePiece-style BPE from a model file's own
 * vocabulary, in time linear (times a logarithm) in the text, whatever the text.
 */
package dev.ebb.engine.tokenizer;
