package io.hanse.fsm.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {
  @Test
  void shouldQuoteAsGoDoes() {
    assertThat(Quoted.of("web")).isEqualTo("\"web\"");
    assertThat(Quoted.of("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
    assertThat(Quoted.of("\u0007\b\f\n\r\t\u000b")).isEqualTo("\"\\a\\b\\f\\n\\r\\t\\v\"");
    assertThat(Quoted.of("\0\u001f\u007f")).isEqualTo("\"\\x00\\x1f\\x7f\"");
    assertThat(Quoted.of("größe 漢")).isEqualTo("\"größe 漢\"");
  }

  @Test
  void shouldReplaceOnlyWhatSteersATerminal() {
    assertThat(Quoted.printable("say \"a\\b\" é\u001b[2J\u009b\n"))
        .isEqualTo("say \"a\\b\" é\\x1b[2J\\u009b\\n");
  }
}
