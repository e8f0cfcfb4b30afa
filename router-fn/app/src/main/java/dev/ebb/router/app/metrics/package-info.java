/** The router's series in the Prometheus text format. */
package dev.ebb.router.app.metrics;
