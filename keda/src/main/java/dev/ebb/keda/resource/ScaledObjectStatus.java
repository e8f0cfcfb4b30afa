package dev.ebb.keda.resource;

import java.util.List;
import java.util.Optional;

/** What KEDA says of a {@link ScaledObject}. */
public class ScaledObjectStatus extends Open {
  public List<StatusCondition> conditions;

  /** The condition of a type, where KEDA has set it. */
  public Optional<StatusCondition> condition(String type) {
    return conditions == null ? Optional.empty()
        : conditions.stream().filter(condition -> type.equals(condition.type)).findFirst();
  }

  /** One condition; KEDA sets Ready, Active, Fallback and Paused. */
  public static class StatusCondition extends Open {
    public String type;
    /** {@code True}, {@code False} or {@code Unknown}. */
    public String status;
    public String reason;
    public String message;
  }
}
