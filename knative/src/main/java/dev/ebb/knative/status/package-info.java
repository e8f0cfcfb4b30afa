/** What an installation does on a cluster right now. */
package dev.ebb.knative.status;
