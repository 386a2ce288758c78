package io.hanse.cli.command;

import java.util.Collection;
import java.util.List;

/** Tells which of the names that there are may have been meant. */
final class NearNames {
  private static final int NAMED_MAX = 10;

  /** Of a name with fewer letters, two others are too many to be a slip. */
  private static final int SHORT = 5;

  private NearNames() {}

  /** Names that may have been meant. */
  static String near(String name, Collection<String> names) {
    List<String> near = names.stream().filter(each -> isNear(name, each)).limit(NAMED_MAX).toList();
    return near.isEmpty() ? "" : "; near to it: " + String.join(", ", near);
  }

  /** Whether one may be a slip for the other. */
  static boolean isNear(String name, String other) {
    return distance(name, other) <= (name.length() < SHORT ? 1 : 2);
  }

  /** Letters that are wrong, missing, too many or in the place of their neighbour. */
  private static int distance(String one, String other) {
    int[][] distances = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          distances[i][j] = i + j;
          continue;
        }
        int least = Math.min(distances[i - 1][j], distances[i][j - 1]) + 1;
        least =
            Math.min(
                least,
                distances[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1));
        boolean isSwapped =
            i > 1
                && j > 1
                && one.charAt(i - 1) == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        distances[i][j] = isSwapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
      }
    }
    return distances[one.length()][other.length()];
  }
}
