/** One event as a job: how a Knative JobSink has it answered by a router. */
package dev.ebb.cli.batch;
