package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObject;

/** What becomes of the ScaledObject. None is ever taken away: its owner reference does that. */
public sealed interface Scaling {
  /** Annotation of ours beside KEDA's pause, so that a pause that a person set is not undone. */
  String PAUSED_BY_ROUTING = "keda.ebb.dev/paused-by-routing";

  /** Nothing is created or changed: no pod was ready yet, or the object is somebody else's. */
  record Untouched() implements Scaling {}

  /** To be created or brought into line; its annotations hold the pause where it is paused. */
  record Wanted(ScaledObject scaledObject, boolean paused) implements Scaling {}

  /** The settings cannot stand: what runs keeps its last good ones, only our own pause follows the routing. */
  record PauseOnly(boolean paused) implements Scaling {}
}
