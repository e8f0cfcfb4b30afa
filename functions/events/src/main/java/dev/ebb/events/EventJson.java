package dev.ebb.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * The one JSON mapping of event data: snake_case, nulls left out, unknown fields ignored, and no
 * guessing: a number written as text, or 1.5 where a whole number belongs, is refused.
 */
public final class EventJson {
  /** Levels of lists and objects that a document may have: whoever walks the tree may recurse. */
  public static final int DEPTH_MAX = 100;

  private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; ?([^\\]]*)]");
  private static final Pattern SETTING = Pattern.compile(", from `[^`]*`");

  private EventJson() {}

  /** Thread-safe mapper. */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder(shallow())
          .addModule(new Jdk8Module())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .serializationInclusion(JsonInclude.Include.NON_ABSENT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addMixIn(SamplingParams.class, SamplingParamsMixIn.class)
          .addMixIn(SamplingParamsBuilder.class, SamplingParamsMixIn.Builder.class)
          // An explicit null says no more than an absent field: the default holds.
          .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.SKIP))
          .withConfigOverride(int[].class, o -> o.setSetterInfo(JsonSetter.Value.construct(Nulls.SKIP, Nulls.FAIL)))
          .build();

  /** A factory of readers that take no more than {@link #DEPTH_MAX} levels. */
  public static JsonFactory shallow() {
    return JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build()).build();
  }

  /**
   * Reads data of an event.
   *
   * @throws InvalidParameterException naming the field as it is written on the wire, with code
   *     {@code invalid_json} where the bytes are no JSON at all
   */
  public static <T> T read(byte[] json, Class<T> type) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new InvalidParameterException("data", "missing", "data must be a JSON object, got null");
      }
      return value;
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  /** The JSON of a value of this package. */
  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a value of the events could not be written as JSON", e);
    }
  }

  /** What was wrong with JSON that {@link #MAPPER} refused, as the mistake of whoever sent it. */
  public static InvalidParameterException invalid(IOException cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof InvalidParameterException named) {
        return named;
      }
    }
    if (cause instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      String field = wirePath(mapping);
      return new InvalidParameterException(field, field + ": " + problem(mapping));
    }
    String place = cause instanceof JsonParseException parse && parse.getLocation() != null
        ? " at line " + parse.getLocation().getLineNr() + ", column " + parse.getLocation().getColumnNr()
        : "";
    return new InvalidParameterException(
        "data", "invalid_json", "the data is not the expected JSON" + place + ": " + problem(cause));
  }

  /** Why JSON could not be read: one line, without the place and without the reader's own terms. */
  public static String problem(IOException cause) {
    String text = cause instanceof JsonProcessingException json ? json.getOriginalMessage() : cause.getMessage();
    String line = text == null ? "unreadable" : text.lines().findFirst().orElse("unreadable");
    return SETTING.matcher(SOURCE.matcher(line).replaceAll("$1")).replaceAll("");
  }

  private static String wirePath(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }
}
