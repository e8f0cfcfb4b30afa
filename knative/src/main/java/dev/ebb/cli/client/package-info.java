/** A caller of the router's OpenAI surface, as {@code ebb chat}, {@code generate} and {@code status} need it. */
package dev.ebb.cli.client;
