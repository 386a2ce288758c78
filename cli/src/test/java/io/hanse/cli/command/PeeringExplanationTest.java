package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeeringExplanationTest {
  private static final String TWO_INSTANCES =
      "[{'Checks':[{'Status':'passing'}]},"
          + "{'Node':{'Node':'n1'},'Service':{'ID':'web-1'},'Checks':[{'CheckID':'tcp',"
          + "'ServiceID':'web-1','Status':'critical','Output':'refused\\nagain'}]}]";
  static final String CRITICAL = "[" + TWO_INSTANCES.substring(TWO_INSTANCES.indexOf("{'Node'"));
  private static final String HALF =
      "1 of 2 instances pass, or only warn;"
          + " not: check \"tcp\" of web-1 on n1 is critical (refused)";

  static Value json(String text) {
    try {
      return JsonText.parse(text.replace('\'', '"'));
    } catch (SyntaxException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** One that is well, but for the detail given. */
  static PeeringExplanation active(String detail) {
    return explanation(
        "{'Name':'beta','State':'ACTIVE','StreamStatus':{'ImportedServices':['api']},'Detail':{"
            + detail
            + "}}");
  }

  private static PeeringExplanation explanation(String peering) {
    return explanation(peering, Set.of("db", "wbe"), Map.of());
  }

  private static PeeringExplanation explanation(
      String peering, Set<String> exported, Map<String, Set<String>> consumers) {
    return new PeeringExplanation(
        json(peering),
        new PeeringExplanation.Known(Set.of("web"), exported, consumers, Set.of("beta")));
  }

  private static List<Finding> importOf(
      PeeringExplanation explanation, String service, String instances) {
    return explanation.importOf(service, json(instances), json(TWO_INSTANCES));
  }

  private static List<Finding> exportOf(
      PeeringExplanation explanation, String service, String intentions, boolean allows) {
    return explanation.exportOf(
        service, json(TWO_INSTANCES), json(TWO_INSTANCES), json(intentions), allows);
  }

  private static List<String> all(List<Finding> findings) {
    return findings.stream().map(finding -> finding.mark().sign() + " " + finding.what()).toList();
  }

  private static List<String> wrong(List<Finding> findings) {
    return findings.stream().filter(finding -> finding.isBad()).map(Finding::what).toList();
  }

  @Test
  void shouldFindNothingWrongWithALinkThatIsHeard() {
    assertThat(active("'Silence':'3.2s'").link())
        .containsExactly(Finding.good("ACTIVE, heard 3.2s ago"));
  }

  @Test
  void shouldNotCallWellWhatIsInMaintenanceThere() {
    String overall =
        "[{'Node':{'Node':'n1'},'Service':{'ID':'web-1'},'Checks':[{'CheckID':"
            + "'web-1:overall-check','ServiceID':'web-1','Status':'maintenance'}]}]";
    assertThat(importOf(active("'InChanges':true"), "web", overall))
        .filteredOn(Finding::isBad)
        .containsExactly(
            Finding.bad(
                "none of its 1 instances passes:"
                    + " check \"web-1:overall-check\" of web-1 on n1 is maintenance",
                "ask there: hanse peering explain -name <its name for this cluster>"
                    + " -service web"));
  }

  @Test
  void shouldTellWhyALinkIsNotWell() {
    PeeringExplanation failing =
        explanation(
            "{'Name':'beta','State':'FAILING','Detail':{'LastConfirmed':'t','Silence':'51s',"
                + "'Reason':'not connected','WithdrawnSince':'2026-01-01T00:00:00Z'}}");
    assertThat(wrong(failing.link()))
        .containsExactly(
            "FAILING, silent for 51s: not connected",
            "what it exported is withdrawn here since 2026-01-01T00:00:00Z");
    assertThat(wrong(active("'Reason':'connected, but nothing was heard for 30s'").link()))
        .hasSize(1);
  }

  @Test
  void shouldTellOnceForHowLongAPeerIsAwaited() {
    PeeringExplanation awaited =
        explanation(
            "{'Name':'beta','State':'PENDING','Detail':{'Silence':'5s',"
                + "'Reason':'has not connected since this leader leads, for 5s'}}");
    assertThat(wrong(awaited.link()))
        .containsExactly("PENDING: has not connected since this leader leads, for 5s");
  }

  @Test
  void shouldNotCallWellWhatItCannotKnow() {
    assertThat(importOf(active("'Silence':'3s','InChanges':true"), "web", TWO_INSTANCES))
        .endsWith(
            Finding.open(
                "what its intentions and sidecars there say can't be told from here",
                "ask there: hanse peering explain -name <its name for this cluster>"
                    + " -service web"));
    PeeringExplanation failing =
        explanation(
            "{'Name':'beta','State':'FAILING','Detail':{'LastConfirmed':'t','Silence':'51s'}}");
    assertThat(all(failing.exports(Set.of("db", "wbe"))))
        .containsExactly("?? services with instances: 2; silent for 51s");
    assertThat(all(exportOf(failing, "db", "[]", true)))
        .contains("?? \"db\" is exported to it; silent for 51s");
  }

  @Test
  void shouldAdviseAboutAPeeringThatEndedWhatIsLeftToDo() {
    PeeringExplanation ended =
        explanation("{'Name':'beta','State':'TERMINATED'}", Set.of(), Map.of());
    assertThat(ended.link().get(0).hint())
        .as("of who is dialed, who can't establish either")
        .isEqualTo(
            "hanse peering delete -name beta, then peer anew: hanse peering generate-token -name"
                + " beta");
    String dials = "{'Name':'beta','State':'TERMINATED','PeerServerAddresses':['10.0.0.7:8503']}";
    assertThat(explanation(dials).link().get(0).hint())
        .startsWith("hanse peering delete -name beta; or establish");
    String crosses = "?? nothing crosses a peering that ended, as said above";
    assertThat(all(ended.imports())).containsExactly(crosses);
    assertThat(all(ended.exports(Set.of("db")))).containsExactly(crosses);
    assertThat(all(importOf(ended, "web", "[]"))).containsExactly(crosses);
    assertThat(all(exportOf(ended, "db", "[]", true))).containsExactly(crosses);
  }

  @Test
  void shouldGoOnWithWhatIsStoredWhereNobodyLeads() {
    PeeringExplanation unled = explanation("{'Name':'beta','State':'UNDEFINED'}");
    assertThat(wrong(unled.link()))
        .singleElement()
        .matches(what -> what.startsWith("this cluster has no leader"));
    assertThat(all(unled.imports()))
        .containsExactly("?? services with instances: 1; as stored here");
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
    assertThat(wrong(importOf(active(""), "wbe", "[]")))
        .containsExactly(
            "it sends no \"wbe\" to this cluster: not exported, or too large to be sent;"
                + " near to it: web");
    assertThat(wrong(exportOf(active(""), "web", "[]", true)))
        .containsExactly("no exported-services entry names \"web\" for this peer; near to it: wbe");
  }

  @Test
  void shouldFollowAnImportedService() {
    assertThat(importOf(active(""), "web", TWO_INSTANCES))
        .noneMatch(Finding::isBad)
        .extracting(Finding::what)
        .contains(HALF);
    assertThat(wrong(importOf(active(""), "web", CRITICAL)))
        .containsExactly(
            "none of its 1 instances passes: check \"tcp\" of web-1 on n1 is critical (refused)");
    String refused = "'ImportProblems':[{'Resource':'web','Reason':'the state is full'}]";
    assertThat(wrong(importOf(active(refused), "web", TWO_INSTANCES)))
        .containsExactly("not imported: web: the state is full");
  }

  @Test
  void shouldFollowAnExportedServiceToItsIntentions() {
    String local = "{'SourceName':'front','Action':'deny'}";
    assertThat(wrong(exportOf(active(""), "db", "[" + local + "]", true))).isEmpty();
    assertThat(wrong(exportOf(active(""), "db", "[" + local + "]", false)))
        .containsExactly("no intention is about its services, and calls are denied by default");
    String all = "{'SourceName':'*','SourcePeer':'beta','Action':'deny'}";
    assertThat(wrong(exportOf(active(""), "db", "[" + local + "," + all + "]", true)))
        .containsExactly("an intention denies all its services");
    String front = "{'SourceName':'front','SourcePeer':'beta','Action':'allow'}";
    assertThat(exportOf(active(""), "db", "[" + front + "]", false))
        .noneMatch(Finding::isBad)
        .contains(Finding.good("an intention allows its \"front\""));
    String both = "[" + front + "," + all + "]";
    assertThat(exportOf(active(""), "db", both, true))
        .noneMatch(Finding::isBad)
        .contains(Finding.good("an intention denies all its other services"));
    String shadowed = "[{'SourceName':'*','SourcePeer':'beta','Action':'allow'}," + all + "]";
    assertThat(wrong(exportOf(active(""), "db", shadowed, false))).isEmpty();
    String layer7 = "{'SourceName':'*','SourcePeer':'beta','Permissions':[{}]}";
    assertThat(wrong(exportOf(active(""), "db", "[" + layer7 + "]", true)))
        .containsExactly("an intention for all its services has permissions, which lets nobody in");
  }

  @Test
  void shouldNotConcludeFromWhatALeaderHasNotHeard() {
    PeeringExplanation unheard =
        explanation(
            "{'Name':'beta','State':'FAILING','StreamStatus':{},'Detail':{'Silence':'5s'}}");
    assertThat(wrong(importOf(unheard, "api", "[]")))
        .containsExactly("what it exports is not known: it was not heard yet");
    assertThat(wrong(importOf(unheard, "web", TWO_INSTANCES))).isEmpty();
    assertThat(wrong(exportOf(unheard, "db", "[]", true))).isEmpty();
  }

  @Test
  void shouldTellOfOneCauseOnlyOnceWhatIsImportedIsWithdrawn() {
    PeeringExplanation withdrawn =
        explanation(
            "{'Name':'beta','State':'FAILING','StreamStatus':{'ImportedServices':['web']},"
                + "'Detail':{'LastConfirmed':'t','Silence':'2m3s','WithdrawnSince':'t',"
                + "'ConfirmedImports':[{'Service':'web','ConfirmedAt':'t'}]}}");
    assertThat(all(importOf(withdrawn, "web", "[]")))
        .containsExactly(
            "?? it exports \"web\" to this cluster; silent for 2m3s",
            "?? confirmed by it at t; silent for 2m3s",
            "?? what instances it has is withdrawn, as said above",
            "?? what its intentions and sidecars there say can't be told from here");
    assertThat(all(withdrawn.imports()))
        .containsExactly(
            "?? services with instances: 1, all of them withdrawn here, as said above");
  }

  @Test
  void shouldSayHowOldItIsWhatASilentPeerTold() {
    assertThat(all(importOf(active("'LastConfirmed':'t','Silence':'30.5s'"), "web", TWO_INSTANCES)))
        .contains("?? " + HALF + "; silent for 30.5s")
        .noneMatch(line -> line.startsWith("ok"));
    assertThat(all(importOf(active("'LastConfirmed':'t','Silence':'7.6s'"), "web", TWO_INSTANCES)))
        .contains("ok " + HALF);
    assertThat(all(active("'LastConfirmed':'t','Silence':'1m1s'").imports()))
        .contains("?? services with instances: 1; silent for 1m1s");
  }

  @Test
  void shouldSendNobodyWhoIsDialedToTheAddressesThatAreDialed() {
    String failing = "{'Name':'beta','State':'FAILING'";
    assertThat(explanation(failing + "}").link().get(0).hint())
        .startsWith("the other cluster dials; where, is shown there: ");
    assertThat(explanation(failing + ",'PeerServerAddresses':['h:1']}").link().get(0).hint())
        .isEqualTo("hanse peering read -name beta -detailed shows each address that is dialed");
    assertThat(
            active("'LastConfirmed':'t','Silence':'7.6s','Reason':'not all is replicated'")
                .link()
                .get(0))
        .isEqualTo(
            Finding.bad(
                "ACTIVE, heard 7.6s ago: not all is replicated",
                "hanse peering read -name beta -detailed shows more of it"));
  }

  @Test
  void shouldLookForGatewaysAndSidecars() {
    String instances = TWO_INSTANCES;
    assertThat(all(active("").importOf("web", json(instances), json("[]"))))
        .contains("?? no mesh gateway leads to it: sidecars can't call it");
    assertThat(wrong(active("").importOf("web", json(instances), json(CRITICAL))))
        .containsExactly(
            "none of the 1 mesh gateways that lead to it passes:"
                + " check \"tcp\" of web-1 on n1 is critical (refused)");
    String none = "'MeshGateways':0,'MeshGatewaysPassing':0";
    assertThat(wrong(exportOf(active(none), "db", "[]", true)))
        .containsExactly("this cluster has no mesh gateway: sidecars of the peer have no way in");
    String sick = "'MeshGateways':2,'MeshGatewaysPassing':0";
    assertThat(wrong(exportOf(active(sick), "db", "[]", true)))
        .containsExactly("none of the 2 mesh gateways here passes");
    assertThat(all(active(none).exportOf("db", json(instances), json("[]"), json("[]"), true)))
        .contains("?? it has no sidecar here: sidecars of the peer can't call it");
  }

  @Test
  void shouldNameConsumersThatAreNoPeering() {
    String idle = "{'Name':'beta','State':'ACTIVE','StreamStatus':{}}";
    PeeringExplanation slip =
        explanation(idle, Set.of(), Map.of("betta", Set.of("db"), "gamma", Set.of("db")));
    String unknown = "\" of db, of which there is no peering";
    assertThat(all(slip.exports(Set.of("db"))))
        .containsExactlyInAnyOrder(
            "?? nothing is exported to it",
            "!! exported-services names the consumer \"betta" + unknown + "; near to it: beta",
            "?? exported-services names the consumer \"gamma" + unknown);
    assertThat(wrong(exportOf(slip, "db", "[]", true))).hasSize(2);
  }

  @Test
  void shouldCallAPeeringThatCarriesNothingNotWell() {
    PeeringExplanation idle =
        new PeeringExplanation(
            json("{'Name':'beta','State':'ACTIVE'}"),
            new PeeringExplanation.Known(Set.of(), Set.of(), Map.of(), Set.of("beta")));
    assertThat(wrong(idle.exports(Set.of())))
        .containsExactly("nothing is exported to it, and nothing is imported from it");
  }

  @Test
  void shouldTellWhichIntentionDeniesAndWhichNamesNoPeering() {
    String typo = "{'SourceName':'front','SourcePeer':'betta','Action':'allow'}";
    String all = "{'SourceName':'*','SourcePeer':'beta','DestinationName':'*','Action':'deny'}";
    List<Finding> findings = exportOf(active(""), "db", "[" + typo + "," + all + "]", true);
    assertThat(findings)
        .contains(
            Finding.bad(
                "an intention denies all its services",
                "if it is not meant so, mend the intention \"*\" of \"beta\" => \"*\" (deny)"));
    assertThat(wrong(findings))
        .contains(
            "the intention \"front\" of \"betta\" => \"db\" (allow) names the peer \"betta\","
                + " of which there is no peering; near to it: beta");
  }

  /** It has no such command; one that is not connected may be a Hanse. */
  @Test
  void shouldSendNobodyToAConsulWithACommandOfOurs() {
    List<Finding> findings = importOf(active(""), "web", CRITICAL);
    assertThat(findings)
        .extracting(Finding::hint)
        .noneMatch(hint -> hint.contains("explain"))
        .anyMatch(hint -> hint.contains("consul intention match web"));
    PeeringExplanation away = explanation("{'Name':'beta','State':'FAILING','Detail':{}}");
    assertThat(importOf(away, "api", "[]"))
        .extracting(Finding::hint)
        .containsExactly("ask there: hanse peering explain -name <its name for this cluster>");
  }

  @Test
  void shouldSayThatANameIsNoServiceOfHereEither() {
    assertThat(importOf(active(""), "dd", "[]"))
        .contains(
            Finding.open(
                "nor has this cluster an instance of it, or exports it there; near to it: db",
                "if it is to be one of here: register it, then hanse services export -name dd"
                    + " -consumer-peers beta"));
  }

  @Test
  void shouldSayHowProxiesThatDoNotRunAreStarted() {
    String sick = "'MeshGateways':2,'MeshGatewaysPassing':0";
    List<Finding> findings =
        active(sick).exportOf("db", json(TWO_INSTANCES), json(CRITICAL), json("[]"), true);
    assertThat(findings)
        .filteredOn(Finding::isBad)
        .extracting(Finding::hint)
        .anyMatch(hint -> hint.contains("hanse proxy -sidecar-for"))
        .anyMatch(hint -> hint.contains("hanse gateway"));
    assertThat(findings)
        .contains(
            Finding.open(
                "calls that a gateway or a sidecar closed are told by that alone",
                "/status at its -admin-bind: \"refused\" has the names and callers, and why"));
  }
}
