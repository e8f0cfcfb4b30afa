package dev.ebb.kueue.resource;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A part of a resource that keeps the fields it does not know, so that an update drops nothing that a newer Kueue
 * or somebody else wrote.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public abstract class OpenFields {
  private final Map<String, Object> others = new LinkedHashMap<>();

  /** The fields without a place of their own, by name, in the order read. */
  @JsonAnyGetter
  public Map<String, Object> others() {
    return others;
  }

  /** Keeps a field. */
  @JsonAnySetter
  public void other(String name, Object value) {
    others.put(name, value);
  }
}
