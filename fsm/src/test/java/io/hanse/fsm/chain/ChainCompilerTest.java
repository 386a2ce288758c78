package io.hanse.fsm.chain;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.protocol;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.hanse.fsm.apply.RandomEntries;
import io.hanse.fsm.chain.ChainRequest.Overrides;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ChainFailover;
import io.hanse.fsm.row.ChainNode;
import io.hanse.fsm.row.ChainRoute;
import io.hanse.fsm.row.ChainSplit;
import io.hanse.fsm.row.CompiledChain;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.HeaderModifiers;
import io.hanse.fsm.row.ServiceSplit;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a chain is made of; answers of a real Consul are replayed through the API. */
class ChainCompilerTest {
  private final EntryRows rows = new EntryRows();

  private static ChainRequest request(String service, Overrides overrides) {
    return new ChainRequest(service, "dc1", "td.consul", overrides);
  }

  private CompiledChain chain(String service) {
    return ChainCompiler.compile(rows, request(service, Overrides.NONE)).chain();
  }

  private void http(String... services) {
    Arrays.stream(services).forEach(service -> rows.put(protocol(service, "http")));
  }

  private static ConfigEntry.Builder redirect(String from, String to) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_RESOLVER, from);
    entry.getServiceResolverBuilder().getRedirectBuilder().setService(to);
    return entry;
  }

  private static ServiceSplit.Builder share(float weight, String service) {
    return ServiceSplit.newBuilder().setWeight(weight).setService(service);
  }

  private static ConfigEntry.Builder splitter(String service, ServiceSplit.Builder... splits) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_SPLITTER, service);
    Arrays.stream(splits).forEach(entry.getServiceSplitterBuilder()::addSplits);
    return entry;
  }

  /** Whatever the entries say: an answer in which nothing hangs in the air, or a refusal. */
  @Property(tries = 500, shrinking = ShrinkingMode.OFF)
  void shouldAnswerOrRefuse(@ForAll long seed) {
    RandomEntries random = new RandomEntries(new Random(seed));
    EntryRows some = new EntryRows();
    for (String service : new String[] {"web", "api"}) {
      some.put(protocol(service, "http"));
    }
    for (int i = 0; i < 8; i++) {
      some.put(random.chainEntry());
    }
    for (String service : new String[] {"web", "api", "other"}) {
      ChainRequest request = request(service, Overrides.NONE);
      try {
        CompiledChain chain = ChainCompiler.compile(some, request).chain();
        requireWhole(chain);
        assertThat(ChainCompiler.compile(some, request).chain()).isEqualTo(chain);
      } catch (ProblemException problem) {
        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT);
      }
    }
  }

  private static void requireWhole(CompiledChain chain) {
    assertThat(chain.getNodesMap()).containsKey(chain.getStartNode());
    chain
        .getNodesMap()
        .forEach(
            (key, node) -> {
              assertThat(key).isEqualTo(node.getType() + ":" + node.getName());
              for (ChainRoute route : node.getRoutesList()) {
                assertThat(chain.getNodesMap()).containsKey(route.getNextNode());
              }
              for (ChainSplit split : node.getSplitsList()) {
                assertThat(split.getNextNode()).startsWith("resolver:");
                assertThat(chain.getNodesMap()).containsKey(split.getNextNode());
              }
              if (node.hasResolver()) {
                assertThat(chain.getTargetsMap()).containsKey(node.getResolver().getTarget());
                ChainFailover failover = node.getResolver().getFailover();
                assertThat(chain.getTargetsMap().keySet()).containsAll(failover.getTargetsList());
              }
              double sum = node.getSplitsList().stream().mapToDouble(ChainSplit::getWeight).sum();
              if (node.getSplitsCount() > 0) {
                assertThat(sum).isBetween(99.9, 100.1);
              }
            });
  }

  @Test
  void shouldNameTheWholeCircle() {
    http("a", "b", "c");
    rows.put(redirect("a", "b")).put(redirect("b", "c")).put(redirect("c", "a"));
    assertThatThrownBy(() -> chain("a"))
        .hasMessage(
            "detected circular resolver redirect: [a.default.default.dc1 ->"
                + " b.default.default.dc1 -> c.default.default.dc1 -> a.default.default.dc1]");

    rows.put(splitter("d", share(100, "e"))).put(splitter("e", share(100, "d")));
    assertThatThrownBy(() -> chain("d"))
        .hasMessage(
            "detected circular reference: [splitter:d.default.default ->"
                + " splitter:e.default.default -> splitter:d.default.default]");
  }

  /** Nobody's thread may be kept, or its stack ended, by what somebody writes. */
  @Test
  void shouldBoundWhatAChainTakes() {
    for (int i = 0; i < 1_000; i++) {
      rows.put(redirect("r" + i, "r" + (i + 1)));
    }
    assertThatThrownBy(() -> chain("r0"))
        .hasMessage("discovery chain \"r0\" is too large: at most 500 redirects in a row");
    for (int i = 0; i < 500; i++) {
      http("s" + i);
      rows.put(splitter("s" + i, share(100, "s" + (i + 1))));
    }
    assertThatThrownBy(() -> chain("s0")).hasMessageContaining("100 splitters in a row");
    // Each splitter doubles what is behind it.
    for (int i = 0; i < 40; i++) {
      rows.put(splitter("t" + i, share(50, "u" + i), share(50, "v" + i)));
      rows.put(splitter("u" + i, share(100, "t" + (i + 1))));
      rows.put(splitter("v" + i, share(100, "t" + (i + 1))));
      http("t" + i, "u" + i, "v" + i);
    }
    http("t40");
    assertThatThrownBy(() -> chain("t0")).hasMessageContaining("10000 shares of one splitter");
  }

  @Test
  void shouldMultiplySharesAndMergeHeaders() {
    http("a", "b", "c");
    ServiceSplit.Builder outer = share(40, "b");
    outer.setRequestHeaders(HeaderModifiers.newBuilder().putSet("x", "outer").putSet("o", "1"));
    outer.setResponseHeaders(HeaderModifiers.newBuilder().putSet("y", "outer"));
    ServiceSplit.Builder inner = share(12.5f, "c");
    inner.setRequestHeaders(HeaderModifiers.newBuilder().putSet("x", "inner"));
    inner.setResponseHeaders(HeaderModifiers.newBuilder().putSet("y", "inner"));
    rows.put(splitter("a", share(60, ""), outer));
    rows.put(splitter("b", share(87.5f, ""), inner));

    ChainNode start = chain("a").getNodesOrThrow("splitter:a.default.default");

    assertThat(start.getSplitsList())
        .extracting(ChainSplit::getWeight)
        .containsExactly(60f, 35f, 5f);
    ServiceSplit last = start.getSplits(2).getDefinition();
    assertThat(last.getRequestHeaders().getSetMap()).containsEntry("x", "inner").containsKey("o");
    assertThat(last.getResponseHeaders().getSetMap()).containsEntry("y", "outer");
  }

  @Test
  void shouldTakeItsProtocolFromTheDefaults() {
    assertThat(chain("web").getProtocol()).isEqualTo("tcp");
    assertThat(chain("web").getDefault()).isTrue();
    http("web");
    rows.put(redirect("old", "web"));
    assertThatThrownBy(() -> chain("old"))
        .hasMessage(
            "discovery chain \"old\" uses inconsistent protocols; service \"web\" has \"http\""
                + " which is not \"tcp\"");
    http("old");
    assertThat(chain("old").getProtocol()).isEqualTo("http");
    assertThat(chain("old").getDefault()).isFalse();
    assertThat(chain("old").getTargetsMap()).containsOnlyKeys("web.default.default.dc1");
  }

  /** Of a connection without requests there is nothing to share out. */
  @Test
  void shouldIgnoreSplittersWhereTheCallerSpeaksBytes() {
    http("web");
    rows.put(splitter("web", share(50, ""), share(50, "other")));

    CompiledChain chain =
        ChainCompiler.compile(
                rows, request("web", new Overrides("tcp", "", Duration.getDefaultInstance())))
            .chain();

    assertThat(chain.getStartNode()).isEqualTo("resolver:web.default.default.dc1");
    assertThat(chain.getProtocol()).isEqualTo("tcp");
    assertThat(chain.getCustomizationHash()).isEqualTo("96f2c150");
  }

  @ParameterizedTest
  @CsvSource({
    "'',local,0,c225dc1c",
    "'',remote,0,dd412229",
    "'',none,0,fc9afadf",
    "http,'',0,1a47f6e1",
    "grpc,remote,7,b94f529a",
    "'','',0,''",
    "tcp,'',5,''"
  })
  void shouldTellCustomisedChainsFromPlainOnes(
      String protocol, String mode, int seconds, String hash) {
    Overrides overrides =
        new Overrides(protocol, mode, Duration.newBuilder().setSeconds(seconds).build());

    assertThat(ChainCompiler.compile(rows, request("web", overrides)).chain())
        .extracting(CompiledChain::getCustomizationHash)
        .isEqualTo(hash);
  }

  @Test
  void shouldKeepWhatIsOutsideOfTheMeshPlain() {
    ConfigEntry.Builder outside = protocol("bank", "tcp");
    outside.getServiceDefaultsBuilder().setExternalSni("bank.example");
    rows.put(outside);
    assertThat(chain("bank").getTargetsOrThrow("bank.default.default.dc1"))
        .satisfies(
            target -> {
              assertThat(target.getSni()).isEqualTo("bank.example");
              assertThat(target.getExternal()).isTrue();
            });

    ConfigEntry.Builder resolver = entry(ConfigEntryKind.SERVICE_RESOLVER, "bank");
    resolver.getServiceResolverBuilder().putSubsets("v1", resolverSubset());
    rows.put(resolver);
    assertThatThrownBy(() -> chain("bank"))
        .hasMessage(
            "service \"bank\" has an external SNI set; cannot define subsets for external"
                + " services");
  }

  private static io.hanse.fsm.row.ResolverSubset resolverSubset() {
    return io.hanse.fsm.row.ResolverSubset.newBuilder().setOnlyPassing(true).build();
  }
}
