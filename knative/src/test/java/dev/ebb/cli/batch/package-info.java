/** Tests of the batch job. */
package dev.ebb.cli.batch;
