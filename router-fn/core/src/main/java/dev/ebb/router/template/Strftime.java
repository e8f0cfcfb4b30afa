package dev.ebb.router.template;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Python's strftime in the C locale, for the fields that templates use. */
final class Strftime {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('d', "dd"), Map.entry('m', "MM"), Map.entry('Y', "uuuu"), Map.entry('y', "uu"),
          Map.entry('H', "HH"), Map.entry('I', "hh"), Map.entry('M', "mm"), Map.entry('S', "ss"),
          Map.entry('p', "a"), Map.entry('b', "MMM"), Map.entry('h', "MMM"), Map.entry('B', "MMMM"),
          Map.entry('a', "EEE"), Map.entry('A', "EEEE"), Map.entry('j', "DDD"), Map.entry('f', "SSSSSS"),
          Map.entry('F', "uuuu-MM-dd"), Map.entry('T', "HH:mm:ss"), Map.entry('R', "HH:mm"),
          Map.entry('D', "MM/dd/uu"), Map.entry('e', "ppd"));

  private Strftime() {}

  static String format(RenderState state, ZonedDateTime time, String format) {
    LimitedText out = new LimitedText(state);
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char field = format.charAt(++i);
      if (field == '-' && i + 1 < format.length()) {
        // A minus takes the leading zeros away.
        out.append(field(time, format.charAt(++i)).replaceFirst("^[0 ]+(?=.)", ""));
      } else {
        out.append(field == '%' ? "%" : field(time, field));
      }
    }
    return state.made(out.toString());
  }

  private static String field(ZonedDateTime time, char field) {
    String pattern = PATTERNS.get(field);
    if (pattern == null) {
      throw new TemplateException("strftime field %" + field + " is not supported");
    }
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }
}
