package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.FakeApi;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class PeeringTextTest {
  /** Consul's line of a deletion: where it stands, and without fractions of a second. */
  @Test
  void shouldShowADeletionAsConsulDoes() {
    assertThat(
            PeeringText.of(
                JsonText.parse(
                    "{\"Name\":\"beta\",\"ID\":\"1\",\"State\":\"DELETING\","
                        + "\"DeletedAt\":\"2025-06-01T09:15:21.113Z\"}"),
                false))
        .startsWith(
            """
            Name:         beta
            ID:           1
            DeletedAt:    2025-06-01T09:15:21Z
            State:        DELETING
            """);
  }

  @Test
  void shouldNotTellANewLeadersBeginningAsALastWord() {
    for (String heard : new String[] {"", ",\"LastConfirmed\":\"2026-01-01T00:00:00Z\""}) {
      String json = "{\"Name\":\"beta\",\"Detail\":{\"Silence\":\"5.7s\"" + heard + "}}";
      assertThat(PeeringText.of(JsonText.parse(json), true))
          .contains(
              heard.isEmpty()
                  ? "Silence:                not heard since this leader leads, for 5.7s\n"
                  : "Silence:                5.7s\n");
    }
  }

  /** With its details too, and as it was said: quotation marks need no escape on a terminal. */
  @Test
  void shouldTellTheReasonOnce() {
    Value peering =
        JsonText.parse(
            "{\"Name\":\"beta\",\"State\":\"FAILING\","
                + "\"Detail\":{\"Reason\":\"it said \\\"no\\\"\\u001b[2J\"}}");

    for (boolean isDetailed : new boolean[] {false, true}) {
      assertThat(PeeringText.of(peering, isDetailed).lines().filter(l -> l.startsWith("Reason")))
          .singleElement(InstanceOfAssertFactories.STRING)
          .endsWith("it said \"no\"\\x1b[2J");
    }
  }

  /**
   * That a token is not redeemed yet is no news to who made it, to who redeems it in vain it is.
   */
  @Test
  void shouldTellUnaskedWhyATokenIsNotRedeemed() {
    String pending =
        "{\"Name\":\"beta\",\"State\":\"PENDING\",\"Detail\":{\"Reason\":\"it was refused\"}%s}";
    Value accepts = JsonText.parse(pending.formatted(""));
    Value dials = JsonText.parse(pending.formatted(",\"PeerServerAddresses\":[\"10.0.0.7:8503\"]"));

    assertThat(PeeringText.of(accepts, false)).doesNotContain("Reason");
    assertThat(PeeringText.of(dials, false)).contains("Reason:       it was refused\n");
    assertThat(PeeringText.isDown(accepts)).isFalse();
    assertThat(PeeringText.isDown(dials)).isTrue();
  }

  @Test
  void shouldCountAsDownWhereNothingFlows() {
    assertThat(
            Stream.of("PENDING", "ESTABLISHING", "ACTIVE", "FAILING", "TERMINATED", "DELETING")
                .filter(
                    state ->
                        PeeringText.isDown(JsonText.parse("{\"State\":\"%s\"}".formatted(state)))))
        .containsExactly("FAILING");
  }

  /** Beside Consul's own words, which are left as they are. */
  @Test
  void shouldTellWhoEndedATerminatedPeeringAndWhatToDo() throws IOException {
    String terminated = "{'Name':'beta','State':'TERMINATED','Detail':{'Reason':'deleted there'}}";
    String notice =
        "The other cluster deleted its peering beta: nothing is exchanged any more; hanse peering"
            + " delete -name beta, then peer anew by a new token\n";
    try (FakeApi api = api("[" + terminated + "]", terminated)) {
      assertThat(api.run("peering", "list").err()).isEqualTo(notice);
      assertThat(api.run("peering", "list", "-format", "json").err()).isEmpty();
      CommandRun.Result read = api.run("peering", "read", "-name", "beta");
      assertThat(read.out()).contains("State:        TERMINATED\n\n");
      assertThat(read.err()).isEqualTo(notice);
      assertThat(api.run("peering", "read", "-name", "beta", "-detailed").out())
          .contains("Reason:                 deleted there\n");
    }
  }

  private static FakeApi api(String list, String one) throws IOException {
    return new FakeApi().with("/v1/peerings", list).with("/v1/peering/", one);
  }

  /** Who made it waits for a redeemer, who can come no more. */
  @Test
  void shouldTellWhoMadeATokenThatItHasEnded() throws IOException {
    String pending = "{'Name':'beta','State':'PENDING','Detail':{'Token':'%s','Reason':'so'}}";
    for (String fate : new String[] {"expired", "revoked"}) {
      String peering = pending.formatted(fate);
      try (FakeApi api = api("[" + peering + "]", peering)) {
        assertThat(api.run("peering", "read", "-name", "beta").out()).contains("Reason:       so");
        assertThat(api.run("peering", "list").err())
            .contains("The token of beta was not redeemed and is " + fate)
            .contains("hanse peering generate-token -name beta");
      }
    }
    String unused = pending.formatted("unused");
    try (FakeApi api = api("[" + unused + "]", unused)) {
      assertThat(api.run("peering", "list").err()).isEmpty();
    }
  }

  @Test
  void shouldSayThatCountsAreNotKnownWithoutALeader() throws IOException {
    String peering = "{'Name':'beta','State':'UNDEFINED'}";
    try (FakeApi api = api("[" + peering + "]", peering)) {
      assertThat(api.run("peering", "list", "-stale").err())
          .contains("only a leader knows states and counts");
    }
  }

  /** Consul's count is left as it is: they are imported, and come back by themselves. */
  @Test
  void shouldSayHowManyOfTheImportedServicesAreWithdrawn() throws IOException {
    String peering =
        "{'Name':'beta','State':'FAILING','StreamStatus':{'ImportedServices':['a','b']},"
            + "'Detail':{%s}}";
    String withdrawn = peering.formatted("'WithdrawnSince':'2026-01-01T00:00:00Z'");
    assertThat(PeeringText.of(JsonText.parse(withdrawn.replace('\'', '"')), false))
        .contains("Imported Services: 2, of which 2 are withdrawn\n");
    assertThat(PeeringText.of(JsonText.parse(peering.formatted("").replace('\'', '"')), false))
        .contains("Imported Services: 2\n");

    try (FakeApi api = new FakeApi().with("/v1/peerings", "[" + withdrawn + "]")) {
      assertThat(api.run("peering", "list").err())
          .contains("Of the imported services of beta, 2 are withdrawn: nobody finds them");
      api.run("peering", "list", "-format", "json");
      assertThat(api.requests())
          .containsExactly("GET /v1/peerings", "GET /v1/peerings?detail=", "GET /v1/peerings");
    }
  }
}
