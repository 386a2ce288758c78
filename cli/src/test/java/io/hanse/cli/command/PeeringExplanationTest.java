package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.command.PeeringExplanation.Finding;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeeringExplanationTest {
  private static final String TWO_INSTANCES =
      "[{'Checks':[{'Status':'passing'}]},{'Checks':[{'Status':'critical'}]}]";

  private static Value json(String text) {
    try {
      return JsonText.parse(text.replace('\'', '"'));
    } catch (SyntaxException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** One that is well, but for the detail given. */
  private static PeeringExplanation active(String detail) {
    return explanation(
        "{'Name':'beta','State':'ACTIVE','StreamStatus':{'ImportedServices':['api']},'Detail':{"
            + detail
            + "}}");
  }

  private static PeeringExplanation explanation(String peering) {
    return new PeeringExplanation(json(peering), Set.of("web"), Set.of("db", "wbe"));
  }

  private static List<String> wrong(List<Finding> findings) {
    return findings.stream().filter(finding -> !finding.isGood()).map(Finding::what).toList();
  }

  @Test
  void shouldFindNothingWrongWithALinkThatIsHeard() {
    assertThat(active("'Silence':'3.2s'").link())
        .containsExactly(Finding.good("ACTIVE, heard 3.2s ago"));
  }

  @Test
  void shouldTellWhyALinkIsNotWell() {
    PeeringExplanation failing =
        explanation(
            "{'Name':'beta','State':'FAILING','Detail':{'Silence':'51s',"
                + "'Reason':'not connected','WithdrawnSince':'2026-01-01T00:00:00Z'}}");
    assertThat(wrong(failing.link()))
        .containsExactly(
            "FAILING, silent for 51s: not connected",
            "what it exported is withdrawn here since 2026-01-01T00:00:00Z");
    assertThat(wrong(active("'Reason':'connected, but nothing was heard for 30s'").link()))
        .hasSize(1);
  }

  @Test
  void shouldNameWhatHasNoInstances() {
    assertThat(wrong(active("").imports()))
        .containsExactly("exported by it without any instance: api");
    assertThat(wrong(active("").exports(Set.of("db", "web"))))
        .containsExactly("exported without any instance here: wbe");
  }

  @Test
  void shouldNameWhatIsNotConfirmed() {
    String detail =
        "'InChanges':true,'ConfirmedExports':[{'Service':'db','ConfirmedAt':'t'}],"
            + "'ConfirmedImports':[{'Service':'web','ConfirmedAt':'t'},{'Service':'api'}]";
    assertThat(wrong(active(detail).imports()))
        .contains("not confirmed since this leader leads: api");
    assertThat(wrong(active(detail).exports(Set.of("db", "wbe"))))
        .containsExactly("not confirmed by it yet: wbe");
    // A Consul confirms no service by name.
    assertThat(wrong(active("").exports(Set.of("db", "wbe")))).isEmpty();
  }

  @Test
  void shouldGuessWhichServiceWasMeant() {
    assertThat(wrong(active("").importOf("wbe", json("[]"))))
        .containsExactly("it does not export \"wbe\" to this cluster; near to it: web");
    assertThat(wrong(active("").exportOf("web", json("[]"), json("[]"), true)))
        .containsExactly("no exported-services entry names \"web\" for this peer; near to it: wbe");
  }

  @Test
  void shouldFollowAnImportedService() {
    assertThat(active("").importOf("web", json(TWO_INSTANCES)))
        .allMatch(Finding::isGood)
        .extracting(Finding::what)
        .contains("1 of 2 instances pass, or only warn");
    assertThat(wrong(active("").importOf("web", json("[{'Checks':[{'Status':'critical'}]}]"))))
        .containsExactly("none of its 1 instances passes");
    String refused = "'ImportProblems':[{'Resource':'web','Reason':'the state is full'}]";
    assertThat(wrong(active(refused).importOf("web", json(TWO_INSTANCES))))
        .containsExactly("not imported: web: the state is full");
  }

  @Test
  void shouldFollowAnExportedServiceToItsIntentions() {
    Value instances = json(TWO_INSTANCES);
    String local = "{'SourceName':'front','Action':'deny'}";
    assertThat(wrong(active("").exportOf("db", instances, json("[" + local + "]"), true)))
        .isEmpty();
    assertThat(wrong(active("").exportOf("db", instances, json("[" + local + "]"), false)))
        .containsExactly("no intention is about its services, and calls are denied by default");
    String all = "{'SourceName':'*','SourcePeer':'beta','Action':'deny'}";
    assertThat(
            wrong(active("").exportOf("db", instances, json("[" + local + "," + all + "]"), true)))
        .containsExactly("an intention denies all its services");
    String front = "{'SourceName':'front','SourcePeer':'beta','Action':'allow'}";
    assertThat(active("").exportOf("db", instances, json("[" + front + "]"), false))
        .allMatch(Finding::isGood)
        .contains(Finding.good("an intention allows its \"front\""));
    String both = "[" + front + "," + all + "]";
    assertThat(active("").exportOf("db", instances, json(both), true))
        .allMatch(Finding::isGood)
        .contains(Finding.good("an intention denies all its other services"));
    String shadowed = "[{'SourceName':'*','SourcePeer':'beta','Action':'allow'}," + all + "]";
    assertThat(wrong(active("").exportOf("db", instances, json(shadowed), false))).isEmpty();
    String layer7 = "{'SourceName':'*','SourcePeer':'beta','Permissions':[{}]}";
    assertThat(wrong(active("").exportOf("db", instances, json("[" + layer7 + "]"), true)))
        .containsExactly("an intention for all its services has permissions, which lets nobody in");
  }

  @Test
  void shouldNotConcludeFromWhatALeaderHasNotHeard() {
    PeeringExplanation unheard = explanation("{'Name':'beta','State':'FAILING'}");
    assertThat(wrong(unheard.importOf("api", json("[]"))))
        .containsExactly("what it exports is not known: it was not heard yet");
    assertThat(wrong(unheard.importOf("web", json(TWO_INSTANCES)))).isEmpty();
    assertThat(wrong(unheard.exportOf("db", json(TWO_INSTANCES), json("[]"), true))).isEmpty();
  }
}
