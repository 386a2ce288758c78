package io.hanse.fsm.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression in the syntax of RE2, searched for in time linear in the text: all ways to
 * go on are followed at once, character by character.
 */
public final class Regex {
  private static final int INSTRUCTIONS_MAX = 5_000;

  /**
   * What the program is made of; {@code next} and {@code other} are places in it. Of the two ways
   * of a fork the first is to be preferred. What marks an edge of a group has the number of the
   * edge, twice that of the group or one more, as {@code other}.
   */
  record Instruction(
      Kind kind, @Nullable IntPredicate characters, @Nullable Place place, int next, int other) {}

  enum Kind {
    TAKE,
    REQUIRE,
    FORK,
    MARK,
    MATCH
  }

  /** A place between characters that something can be asked of. */
  enum Place {
    TEXT_BEGIN,
    TEXT_END,
    LINE_BEGIN,
    LINE_END,
    WORD_EDGE,
    NO_WORD_EDGE;

    boolean isAt(String text, int at) {
      int before = at == 0 ? -1 : text.codePointBefore(at);
      int after = at == text.length() ? -1 : text.codePointAt(at);
      return switch (this) {
        case TEXT_BEGIN -> at == 0;
        case TEXT_END -> at == text.length();
        case LINE_BEGIN -> at == 0 || before == '\n';
        case LINE_END -> at == text.length() || after == '\n';
        case WORD_EDGE -> isWord(before) != isWord(after);
        case NO_WORD_EDGE -> isWord(before) == isWord(after);
      };
    }

    private static boolean isWord(int c) {
      return c >= 0 && RegexClasses.WORD.test(c);
    }
  }

  /** A part of a pattern. */
  sealed interface Part {
    record Characters(IntPredicate set) implements Part {}

    record At(Place place) implements Part {}

    record Sequence(List<Part> parts) implements Part {}

    record Choice(List<Part> parts) implements Part {}

    /** {@code most} is -1 for any number; a lazy one is to take as few as it can. */
    record Repeat(Part part, int least, int most, boolean isLazy) implements Part {}

    /** A part whose text can be asked for, numbered from 1. */
    record Group(Part part, int number) implements Part {}
  }

  private final List<Instruction> program = new ArrayList<>();
  private final int start;
  private final int groups;

  private Regex(Part pattern, int groups) {
    this.groups = groups;
    int end = add(new Instruction(Kind.MATCH, null, null, 0, 0));
    start = compile(pattern, end);
  }

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException with Go's words
   */
  public static Regex compile(String pattern) {
    RegexParser parser = new RegexParser(pattern);
    return new Regex(parser.parse(), parser.groups());
  }

  private int add(Instruction instruction) {
    if (program.size() == INSTRUCTIONS_MAX) {
      throw new IllegalArgumentException("error parsing regexp: expression too large");
    }
    program.add(instruction);
    return program.size() - 1;
  }

  /** Answers where the part begins; behind it the program goes on at {@code next}. */
  private int compile(Part part, int next) {
    if (part instanceof Part.Characters characters) {
      return add(new Instruction(Kind.TAKE, characters.set(), null, next, 0));
    } else if (part instanceof Part.At at) {
      return add(new Instruction(Kind.REQUIRE, null, at.place(), next, 0));
    } else if (part instanceof Part.Sequence sequence) {
      int begin = next;
      for (int i = sequence.parts().size() - 1; i >= 0; i--) {
        begin = compile(sequence.parts().get(i), begin);
      }
      return begin;
    } else if (part instanceof Part.Choice choice) {
      int begin = compile(choice.parts().get(choice.parts().size() - 1), next);
      for (int i = choice.parts().size() - 2; i >= 0; i--) {
        begin = fork(compile(choice.parts().get(i), next), begin);
      }
      return begin;
    } else if (part instanceof Part.Group group) {
      int end = add(new Instruction(Kind.MARK, null, null, next, 2 * group.number() + 1));
      int inside = compile(group.part(), end);
      return add(new Instruction(Kind.MARK, null, null, inside, 2 * group.number()));
    }
    return compile((Part.Repeat) part, next);
  }

  private int compile(Part.Repeat repeat, int next) {
    int begin = next;
    if (repeat.most() < 0) {
      int loop = fork(next, next);
      int body = compile(repeat.part(), loop);
      program.set(
          loop,
          new Instruction(
              Kind.FORK, null, null, repeat.isLazy() ? next : body, repeat.isLazy() ? body : next));
      begin = loop;
    }
    for (int i = repeat.least(); i < repeat.most(); i++) {
      int body = compile(repeat.part(), begin);
      begin = repeat.isLazy() ? fork(next, body) : fork(body, next);
    }
    for (int i = 0; i < repeat.least(); i++) {
      begin = compile(repeat.part(), begin);
    }
    return begin;
  }

  private int fork(int one, int other) {
    return add(new Instruction(Kind.FORK, null, null, one, other));
  }

  /**
   * The first part of the text that matches, and behind it what each group took of it last, "" for
   * one that took part in nothing. Of several ways to match, that which backtracking would find.
   */
  public Optional<List<String>> find(String text) {
    return new RegexGroups(program, start, groups).find(text);
  }

  /** Whether any part of the text matches. */
  public boolean isFoundIn(String text) {
    Threads now = new Threads();
    Threads then = new Threads();
    int at = 0;
    while (true) {
      if (now.follow(start, text, at)) {
        return true;
      }
      if (at == text.length()) {
        return false;
      }
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      then.clear();
      for (int i = 0; i < now.count; i++) {
        Instruction taking = program.get(now.taking[i]);
        if (taking.characters() != null
            && taking.characters().test(c)
            && then.follow(taking.next(), text, at)) {
          return true;
        }
      }
      Threads spare = now;
      now = then;
      then = spare;
    }
  }

  /** The places of the program at which it waits for the next character. */
  private final class Threads {
    private final int[] taking = new int[program.size()];
    private final boolean[] isSeen = new boolean[program.size()];
    private final int[] stack = new int[program.size() + 1];
    private int count;

    void clear() {
      count = 0;
      Arrays.fill(isSeen, false);
    }

    /** Goes on from a place without taking a character; whether the program came to its end. */
    boolean follow(int from, String text, int at) {
      int depth = push(0, from);
      while (depth > 0) {
        int place = stack[--depth];
        Instruction instruction = program.get(place);
        switch (instruction.kind()) {
          case MATCH -> {
            return true;
          }
          case TAKE -> taking[count++] = place;
          case MARK -> depth = push(depth, instruction.next());
          case FORK -> depth = push(push(depth, instruction.other()), instruction.next());
          case REQUIRE -> {
            if (instruction.place() != null && instruction.place().isAt(text, at)) {
              depth = push(depth, instruction.next());
            }
          }
        }
      }
      return false;
    }

    private int push(int depth, int place) {
      if (isSeen[place]) {
        return depth;
      }
      isSeen[place] = true;
      stack[depth] = place;
      return depth + 1;
    }
  }
}
