package dev.ebb.keda.resource;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A part of a resource that keeps what it does not know, so that reading and writing back loses no field of a newer
 * KEDA. The parts are plain data with public fields: the client's mapper fills and reads them.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public abstract class Open {
  private final Map<String, Object> unknown = new LinkedHashMap<>();

  /** Fields that this class has no name for, as read. */
  @JsonAnyGetter
  public Map<String, Object> unknown() {
    return unknown;
  }

  /** Keeps one field that this class has no name for. */
  @JsonAnySetter
  public void keep(String field, Object value) {
    unknown.put(field, value);
  }
}
