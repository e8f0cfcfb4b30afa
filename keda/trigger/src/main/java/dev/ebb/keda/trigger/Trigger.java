package dev.ebb.keda.trigger;

/** One source of demand. Texts may hold {@link Names}' variables, filled in when rendered. */
public sealed interface Trigger permits PushTrigger, PrometheusTrigger {
  /** KEDA's name of the trigger's type. */
  String type();

  /**
   * The trigger as KEDA takes it.
   *
   * @throws IllegalArgumentException where a text holds a variable that is not known or has no value here
   */
  Rendered render(Names names);
}
