/** The router's demand as KEDA's scaler tells it; begun only where a port is set for it. */
package dev.ebb.router.app.scaler;
