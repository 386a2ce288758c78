package io.hanse.conformance.replay;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands for values that differ from run to run, as {@code <uuid:3>}: the first occurrence in
 * an answer binds it, later ones must be equal, and requests carry what was bound.
 */
public final class Placeholders {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("<([a-z][a-z0-9-]*)(?::([A-Za-z0-9_.]+))?(?::(8))?>");
  private static final String MORE = "<more of the same>";
  private static final String ERRORS = " errors occurred";
  private static final String PEM = "-----BEGIN [\\s\\S]*?-----END [A-Z ]+-----";
  private static final String INDEX = "index";
  private static final Map<String, String> KINDS = kinds();

  /** An answer that is not as recorded. */
  public static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Mismatch(String message) {
      super(message, null, false, false);
    }
  }

  private final boolean isLenient;
  private Map<String, String> bound = new TreeMap<>();

  /** Indexes of headers depend on how finely a server watches: they only say where to wait on. */
  private final Map<String, String> headerIndexes = new TreeMap<>();

  /**
   * @param isLenient whether indexes may be bound anew, as where two clusters have each their own
   */
  public Placeholders(boolean isLenient) {
    this.isLenient = isLenient;
  }

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new TreeMap<>();
    String uuid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)";
    kinds.put("uuid", uuid);
    kinds.put(INDEX, "\\d+");
    kinds.put("hash", "[A-Za-z0-9+/=]+");
    kinds.put("contenthash", "[0-9a-f]{1,16}");
    kinds.put("fingerprint", "(?:[0-9a-f]{2}:)+[0-9a-f]{2}");
    kinds.put("keyid", "[0-9a-f:]+");
    kinds.put("time", time);
    kinds.put("gotime", "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? [+-]\\d{4} \\S+");
    kinds.put("port", "-?\\d+");
    kinds.put("serial", "[0-9a-f:]+");
    kinds.put("duration", "[\\d.]+[mµn]?s");
    kinds.put("seconds", "\\d+");
    kinds.put("count", "\\d+");
    kinds.put("string", ".*");
    kinds.put("time-or-null", ".*");
    kinds.put("peering-token", "[A-Za-z0-9+/]+=*");
    return kinds;
  }

  public void bind(String kind, String name, String value) {
    bound.put(kind + ":" + name, value);
  }

  void bindHeaderIndex(String expected, String actual) {
    Matcher matcher = PLACEHOLDER.matcher(expected);
    if (matcher.matches()) {
      headerIndexes.put(matcher.group(2), actual);
    }
  }

  Map<String, String> save() {
    return new TreeMap<>(bound);
  }

  void restore(Map<String, String> saved) {
    bound = new TreeMap<>(saved);
  }

  /** With what is bound; waits go by the indexes of headers. */
  public String substitute(String text) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match -> {
              String name = match.group(1) + ":" + match.group(2);
              boolean isWait =
                  match.group(1).equals(INDEX)
                      && text.substring(0, match.start()).endsWith("index=");
              String value =
                  isWait && headerIndexes.containsKey(match.group(2))
                      ? headerIndexes.get(match.group(2))
                      : bound.get(name);
              if (value == null && match.group(1).equals(INDEX)) {
                value = headerIndexes.getOrDefault(match.group(2), "1");
              }
              if (value == null) {
                return Matcher.quoteReplacement(match.group());
              }
              return Matcher.quoteReplacement(
                  match.group(3) == null ? value : value.substring(0, 8));
            });
  }

  /** The same in a tree; a whole string that stands for a number becomes one. */
  @Nullable Object substitute(@Nullable Object tree) {
    if (tree instanceof String text) {
      Matcher matcher = PLACEHOLDER.matcher(text);
      String value = substitute(text);
      boolean isNumber =
          matcher.matches() && (matcher.group(1).equals(INDEX) || matcher.group(1).equals("port"));
      return isNumber && value.matches("\\d+") ? new BigDecimal(value) : value;
    } else if (tree instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(substitute(element)));
      return copy;
    } else if (tree instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(substitute(key.toString()), substitute(value)));
      return copy;
    }
    return tree;
  }

  static boolean isPlaceholder(String text) {
    return PLACEHOLDER.matcher(text).matches();
  }

  /** Compares a text, and binds what it holds. */
  public void match(String expected, String actual) {
    StringBuilder pattern = new StringBuilder();
    List<String[]> groups = new ArrayList<>();
    Matcher matcher = PLACEHOLDER.matcher(expected);
    int position = 0;
    while (matcher.find()) {
      String kind = matcher.group(1);
      if (!KINDS.containsKey(kind) && !kind.startsWith("pem-")) {
        continue;
      }
      pattern.append(literal(expected.substring(position, matcher.start())));
      String form = kind.startsWith("pem-") ? PEM : KINDS.get(kind);
      pattern.append('(').append(matcher.group(3) == null ? form : "[0-9a-f]{8}").append(')');
      groups.add(new String[] {kind, matcher.group(2), matcher.group(3) == null ? "" : "short"});
      position = matcher.end();
      if (kind.equals("count") && expected.startsWith(ERRORS, position)) {
        // How many tries there was time for differs from run to run, and one is said otherwise.
        pattern.append(" errors? occurred");
        position += ERRORS.length();
      }
    }
    pattern.append(literal(expected.substring(position)));
    Matcher whole = Pattern.compile(pattern.toString()).matcher(actual);
    if (!whole.matches()) {
      throw new Mismatch("expected " + shorten(expected) + ", got " + shorten(actual));
    }
    for (int i = 0; i < groups.size(); i++) {
      String[] group = groups.get(i);
      if (group[1] != null) {
        check(group[0], group[1], !group[2].isEmpty(), whole.group(i + 1));
      }
    }
  }

  private static String literal(String text) {
    StringBuilder pattern = new StringBuilder();
    int position = 0;
    for (int more = text.indexOf(MORE); more >= 0; more = text.indexOf(MORE, position)) {
      pattern.append(Pattern.quote(text.substring(position, more))).append("[\\s\\S]*");
      position = more + MORE.length();
    }
    return pattern.append(Pattern.quote(text.substring(position))).toString();
  }

  private void check(String kind, String name, boolean isShort, String actual) {
    String key = kind + ":" + name;
    String known = bound.get(key);
    if (isShort) {
      if (known != null && !known.startsWith(actual)) {
        throw new Mismatch("<" + key + "> is " + shorten(known) + ", got " + actual);
      }
      return;
    }
    if (known == null || (isLenient && kind.equals(INDEX))) {
      requireNew(kind, key, actual);
      bound.put(key, actual);
    } else if (!known.equals(actual)) {
      throw new Mismatch("<" + key + "> is " + shorten(known) + ", got " + shorten(actual));
    }
  }

  /** Another name of these kinds is another value; and of indexes the larger name is newer. */
  private void requireNew(String kind, String key, String actual) {
    for (Map.Entry<String, String> other : bound.entrySet()) {
      if (!other.getKey().startsWith(kind + ":") || other.getKey().equals(key)) {
        continue;
      }
      if ((kind.equals("uuid") || kind.equals("hash")) && other.getValue().equals(actual)) {
        throw new Mismatch("<" + key + "> equals <" + other.getKey() + ">");
      }
      if (kind.equals(INDEX) && !isLenient) {
        int order = Integer.compare(rank(key), rank(other.getKey()));
        int actualOrder = Long.compare(Long.parseLong(actual), Long.parseLong(other.getValue()));
        if (order != Integer.signum(actualOrder)) {
          throw new Mismatch(
              "<"
                  + key
                  + "> is "
                  + actual
                  + " beside <"
                  + other.getKey()
                  + "> "
                  + other.getValue());
        }
      }
    }
  }

  private static int rank(String key) {
    return Integer.parseInt(key.substring(key.indexOf(':') + 1));
  }

  static String shorten(String text) {
    return text.length() > 160 ? "'" + text.substring(0, 160) + "…'" : "'" + text + "'";
  }
}
