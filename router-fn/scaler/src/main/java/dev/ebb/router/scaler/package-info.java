/**
 * KEDA's external push scaler: tells over gRPC that there is demand, the moment there is. What demand is and whose, a
 * {@link dev.ebb.router.scaler.DemandSource} knows; no models here.
 */
package dev.ebb.router.scaler;
