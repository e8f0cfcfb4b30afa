package dev.ebb.router.app.call;

import dev.ebb.router.place.Placement;

/**
 * What happened to one prompt on its way, for response headers and metrics.
 *
 * @param placement where it was computed
 * @param waitedMs time it waited for functions that were not ready
 * @param cachedTokens prompt tokens found rather than computed; -1 while not known
 */
public record Trail(Placement placement, long waitedMs, int cachedTokens) {}
