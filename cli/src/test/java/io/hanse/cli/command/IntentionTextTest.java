package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.value.JsonText;
import org.junit.jupiter.api.Test;

class IntentionTextTest {
  @Test
  void shouldTellCallersOfAPeerFromThoseOfThisCluster() {
    String rest = "\"SourceName\":\"*\",\"DestinationName\":\"web\",\"Action\":\"deny\"}";
    assertThat(IntentionText.line(JsonText.parse("{\"SourcePeer\":\"west\"," + rest)))
        .isEqualTo("peer west/* => web (deny)");
    assertThat(IntentionText.line(JsonText.parse("{" + rest))).isEqualTo("* => web (deny)");
  }
}
