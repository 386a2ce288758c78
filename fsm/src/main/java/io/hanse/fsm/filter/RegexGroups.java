package io.hanse.fsm.filter;

import io.hanse.fsm.filter.Regex.Instruction;
import io.hanse.fsm.filter.Regex.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs the program of a regular expression and keeps where its groups began and ended. All ways to
 * go on are followed at once, as by {@link Regex#isFoundIn}, but in the order in which they are to
 * be preferred; each has its own edges of the groups.
 */
final class RegexGroups {
  private final List<Instruction> program;
  private final int start;
  private final int edges;

  RegexGroups(List<Instruction> program, int start, int groups) {
    this.program = program;
    this.start = start;
    edges = 2 * (groups + 1);
  }

  Optional<List<String>> find(String text) {
    Ways now = new Ways();
    Ways then = new Ways();
    int[] found = {};
    for (int at = 0; ; ) {
      if (found.length == 0) {
        int[] unset = new int[edges];
        Arrays.fill(unset, -1);
        unset[0] = at;
        now.follow(start, unset, text, at);
      }
      int c = at == text.length() ? -1 : text.codePointAt(at);
      int next = c < 0 ? at : at + Character.charCount(c);
      for (int i = 0; i < now.places.size(); i++) {
        Instruction instruction = program.get(now.places.get(i));
        int[] marks = now.marks.get(i);
        if (instruction.kind() == Kind.MATCH) {
          found = marks.clone();
          found[1] = at;
          // What comes behind is less to be preferred.
          break;
        }
        if (c >= 0 && instruction.characters() != null && instruction.characters().test(c)) {
          then.follow(instruction.next(), marks, text, next);
        }
      }
      if (c < 0 || (found.length > 0 && then.places.isEmpty())) {
        return found.length == 0 ? Optional.empty() : Optional.of(texts(text, found));
      }
      Ways spare = now;
      now = then;
      then = spare;
      then.clear();
      at = next;
    }
  }

  private static List<String> texts(String text, int[] marks) {
    List<String> texts = new ArrayList<>();
    for (int edge = 0; edge < marks.length; edge += 2) {
      boolean isTaken = marks[edge] >= 0 && marks[edge + 1] >= 0;
      texts.add(isTaken ? text.substring(marks[edge], marks[edge + 1]) : "");
    }
    return texts;
  }

  /** The places of the program at which it waits, the most preferred first. */
  private final class Ways {
    private final List<Integer> places = new ArrayList<>();
    private final List<int[]> marks = new ArrayList<>();
    private final boolean[] isSeen = new boolean[program.size()];
    private final int[] stack = new int[program.size() + 1];
    private final int[][] stackedMarks = new int[program.size() + 1][];
    private int depth;

    void clear() {
      places.clear();
      marks.clear();
      Arrays.fill(isSeen, false);
    }

    /** Goes on from a place without taking a character. */
    void follow(int from, int[] known, String text, int at) {
      push(from, known);
      while (depth > 0) {
        int place = stack[--depth];
        int[] here = stackedMarks[depth];
        if (isSeen[place]) {
          continue;
        }
        isSeen[place] = true;
        Instruction instruction = program.get(place);
        switch (instruction.kind()) {
          case TAKE, MATCH -> {
            places.add(place);
            marks.add(here);
          }
          case FORK -> {
            push(instruction.other(), here);
            push(instruction.next(), here);
          }
          case REQUIRE -> {
            if (instruction.place() != null && instruction.place().isAt(text, at)) {
              push(instruction.next(), here);
            }
          }
          case MARK -> {
            int[] marked = here.clone();
            marked[instruction.other()] = at;
            push(instruction.next(), marked);
          }
        }
      }
    }

    private void push(int place, int[] known) {
      if (!isSeen[place]) {
        stack[depth] = place;
        stackedMarks[depth++] = known;
      }
    }
  }
}
