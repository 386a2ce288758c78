package io.hanse.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NarratorTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void shouldTellPeopleEachStepWithItsResultAndItsTime() {
    Narrator narrator = play(false);
    narrator.begin("Break");
    narrator.fail("it broke", List.of("the end of x.log:", "  last line"));
    assertThat(told())
        .contains("1. Start", "    $ hanse members", "      n1  alive", "    two servers")
        .anyMatch(line -> line.matches("✓ 1\\. Start \\(\\d+\\.\\d s\\)"))
        .anyMatch(line -> line.matches("✗ 2\\. Break \\(\\d+\\.\\d s\\)"))
        .containsSubsequence("  it broke", "  the end of x.log:", "    last line");
  }

  @Test
  void shouldPrintOneObjectPerStepForMachinesAndNothingElse() {
    Narrator narrator = play(true);
    narrator.tell("not for machines");
    narrator.begin("Break");
    narrator.fail("it broke", List.of("all logs:"));
    List<Value> steps = told().stream().map(JsonText::parse).toList();
    assertThat(steps).hasSize(2);
    Value first = steps.get(0);
    assertThat(first.at("step").whole()).isEqualTo(1);
    assertThat(first.at("title").text()).isEqualTo("Start");
    assertThat(JsonText.compact(first.at("actions")))
        .isEqualTo(
            "[{\"command\":\"hanse members\",\"result\":\"n1  alive\"},{\"seen\":\"two servers\"}]");
    assertThat(first.at("ok")).isEqualTo(Value.of(true));
    assertThat(steps.get(1).at("ok")).isEqualTo(Value.of(false));
    assertThat(steps.get(1).at("reason").text()).isEqualTo("it broke");
    assertThat(steps.get(1).at("actions").items()).isEmpty();
  }

  private Narrator play(boolean json) {
    Narrator narrator = new Narrator(new PrintStream(out, true, StandardCharsets.UTF_8), json);
    narrator.begin("Start");
    narrator.did("hanse members", "n1  alive\n");
    narrator.saw("two servers");
    narrator.succeed();
    return narrator;
  }

  private List<String> told() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
