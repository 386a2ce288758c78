package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.value.JsonText;
import org.junit.jupiter.api.Test;

class PeeringTextTest {
  /** Consul's line of a deletion: where it stands, and without fractions of a second. */
  @Test
  void shouldShowADeletionAsConsulDoes() {
    assertThat(
            PeeringText.whole(
                JsonText.parse(
                    "{\"Name\":\"beta\",\"ID\":\"1\",\"State\":\"DELETING\","
                        + "\"DeletedAt\":\"2025-06-01T09:15:21.113Z\"}")))
        .startsWith(
            """
            Name:         beta
            ID:           1
            DeletedAt:    2025-06-01T09:15:21Z
            State:        DELETING
            """);
  }
}
