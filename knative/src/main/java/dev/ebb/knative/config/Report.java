package dev.ebb.knative.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes the complaints of the checks between values and finds their places in the file. */
final class Report {
  private final Map<String, Value> places = new HashMap<>();
  private final List<Problem> problems;
  private final List<Problem> found = new ArrayList<>();

  Report(Value root, List<Problem> problems) {
    this.problems = problems;
    root.walk(value -> places.putIfAbsent(value.path(), value));
  }

  /** A complaint about a path, placed at the nearest thing above that the file has. */
  void at(String path, String what, String mend) {
    String above = path;
    while (!places.containsKey(above) && !above.isEmpty()) {
      above = above.substring(0, Math.max(0, Math.max(above.lastIndexOf('.'), above.lastIndexOf('['))));
    }
    Value place = places.get(above);
    found.add(new Problem(path, place.line(), place.column(), what, mend));
  }

  /** Adds what was found, but for paths that were told of: what follows from a mistake is no second one. */
  void tell() {
    Set<String> told = new HashSet<>();
    problems.forEach(problem -> told.add(problem.path()));
    found.stream().filter(problem -> told.stream().noneMatch(path -> isWithin(problem.path(), path)))
        .forEach(problems::add);
  }

  private static boolean isWithin(String path, String above) {
    return above.isEmpty() || path.startsWith(above)
        && (path.length() == above.length() || ".[".indexOf(path.charAt(above.length())) >= 0);
  }
}
