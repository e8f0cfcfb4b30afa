package dev.ebb.events;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import dev.ebb.engine.request.SamplingParamsBuilder;
import java.util.List;
import java.util.Map;

/** Reads sampling parameters by their builder, so that absent fields take its defaults and all are checked. */
@JsonDeserialize(builder = SamplingParamsBuilder.class)
interface SamplingParamsMixIn {

  /** The builder's methods bear the parameters' own names. */
  @JsonPOJOBuilder(withPrefix = "")
  interface Builder {
    @JsonSetter(contentNulls = Nulls.FAIL)
    SamplingParamsBuilder stop(List<String> value);

    @JsonSetter(contentNulls = Nulls.FAIL)
    SamplingParamsBuilder stopTokenIds(List<Integer> value);

    @JsonSetter(contentNulls = Nulls.FAIL)
    SamplingParamsBuilder logitBias(Map<Integer, Float> value);
  }
}
