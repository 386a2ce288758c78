package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.apply.CatalogModel.ModelCheck;
import io.hanse.fsm.apply.CatalogModel.ModelNode;
import io.hanse.fsm.apply.CatalogModel.ModelService;
import io.hanse.fsm.apply.ClusterModel.ModelPeering;
import io.hanse.fsm.apply.EntryModel.ModelEntry;
import io.hanse.fsm.apply.EntryModel.ModelIntention;
import io.hanse.fsm.apply.EntryModel.ModelIntentions;
import io.hanse.fsm.apply.HoldingModel.ModelKey;
import io.hanse.fsm.apply.HoldingModel.ModelSession;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.RaftIndex;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.row.VirtualIp;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Coordinates;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.fsm.view.ServiceKinds;
import io.hanse.fsm.view.Sessions;
import io.hanse.fsm.view.Tables;
import io.hanse.fsm.view.TokenFates;
import io.hanse.fsm.view.UserEvents;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Random commands do to the state what they do to plain maps. */
class ClusterModelTest {
  private static final int COMMANDS = 120;
  private static final int ARCHIVED_EVERY = 8;
  private static final int RESTORED_EVERY = 20;

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void shouldDoWhatTheRulesSay(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    ClusterModel model = new ClusterModel();
    try (Replica replica = new Replica()) {
      for (int i = 0; i < COMMANDS; i++) {
        Command.Builder command = commands.next();
        replica.timeMillis += random.nextInt(10_000);
        model = applied(model, replica, command);
        int number = i;
        Supplier<String> what = () -> "command " + number + ", " + command;
        requireSame(replica.now(), model, what);
      }
    }
  }

  /**
   * An archive that comes back in the midst of it all: what it held is the state, whatever was
   * written since, and everything goes on from there.
   */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void shouldGoOnFromWhatWasRestored(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    ClusterModel model = new ClusterModel();
    try (Replica replica = new Replica()) {
      byte[] archive = RestoreApplierTest.snapshot(replica.machine);
      ClusterModel archived = model;
      for (int i = 0; i < COMMANDS; i++) {
        replica.timeMillis += random.nextInt(10_000);
        int number = i;
        Supplier<String> what = () -> "command " + number + " of seed " + seed;
        if (i % ARCHIVED_EVERY == random.nextInt(ARCHIVED_EVERY)) {
          archive = RestoreApplierTest.snapshot(replica.machine);
          archived = model.copy();
        }
        if (i % RESTORED_EVERY == RESTORED_EVERY - 1) {
          long before = replica.machine.publicIndex();
          RestoreApplierTest.restore("r" + i, archive, random).forEach(replica::done);
          assertThat(replica.machine.publicIndex()).as(what).isGreaterThan(before);
          ClusterModel replaced = model;
          model = archived.copy();
          model.goOnAfter(replaced);
        } else {
          model = applied(model, replica, commands.next());
        }
        requireSame(replica.now(), model, what);
      }
    }
  }

  /** The model after a command that the replica takes, or else refuses as the model does. */
  private static ClusterModel applied(
      ClusterModel model, Replica replica, Command.Builder command) {
    CommandResult result = replica.submit(command);
    ClusterModel next = model.copy();
    Supplier<String> what = () -> result + ", " + command;
    try {
      boolean done = next.apply(command.build(), result.getIndex(), replica.timeMillis);
      assertThat(result.getProblem()).as(what).isZero();
      assertThat(result.getDone()).as(what).isEqualTo(done);
      return next;
    } catch (ClusterModel.Refused refused) {
      assertThat(result.getProblem()).as(what).isNotZero();
      return model;
    }
  }

  private static void requireSame(Rows rows, ClusterModel model, Supplier<String> what) {
    CatalogModel catalog = stored(rows);
    assertThat(catalog.nodes).as(what).isEqualTo(model.catalog.nodes);
    assertThat(catalog.services).as(what).isEqualTo(model.catalog.services);
    assertThat(catalog.checks).as(what).isEqualTo(model.catalog.checks);
    assertThat(catalog.addresses.given).as(what).isEqualTo(model.catalog.addresses.given);

    requireAllNames(rows, what);
    TreeMap<String, ModelKey> keys = new TreeMap<>();
    for (KvEntry pair : new Kv(rows).list("")) {
      keys.put(
          pair.getKey(),
          new ModelKey(
              pair.getValue().toStringUtf8(),
              pair.getLockIndex(),
              pair.getSession(),
              pair.getRaftIndex().getCreateIndex(),
              pair.getRaftIndex().getModifyIndex()));
    }
    assertThat(keys).as(what).isEqualTo(model.holding.keys);

    TreeMap<String, ModelSession> sessions = new TreeMap<>();
    for (Session session : new Sessions(rows).all()) {
      sessions.put(session.getId(), HoldingModel.modelOf(session));
    }
    assertThat(sessions).as(what).isEqualTo(model.holding.sessions);

    requireSameEntries(rows, model.entries, what);
    TreeMap<String, QueryModel.ModelQuery> queries = new TreeMap<>();
    for (PreparedQuery query : new PreparedQueries(rows).all()) {
      RaftIndex index = query.getRaftIndex();
      queries.put(
          query.getId(), QueryModel.modelOf(query, index.getCreateIndex(), index.getModifyIndex()));
    }
    assertThat(queries).as(what).isEqualTo(model.queries.queries);
    TreeMap<String, Double> coordinates = new TreeMap<>();
    for (Coordinate row : new Coordinates(rows).all()) {
      coordinates.put(CatalogModel.at("", row.getNode()), row.getCoord().getHeight());
    }
    assertThat(coordinates).as(what).isEqualTo(model.holding.coordinates);
    assertThat(new UserEvents(rows).all())
        .as(what)
        .extracting(UserEvent::getId)
        .containsExactlyElementsOf(model.holding.events);

    requireSamePeerings(rows, model, what);
    assertThat(AclModel.stored(rows).content()).as(what).isEqualTo(model.acl.shown().content());
    assertThat(SystemModel.stored(rows).content()).as(what).isEqualTo(model.system.content());
  }

  private static void requireSameEntries(Rows rows, EntryModel model, Supplier<String> what) {
    TreeMap<String, ModelEntry> entries = new TreeMap<>();
    TreeMap<String, ModelIntentions> intentions = new TreeMap<>();
    for (ConfigEntry entry : new ConfigEntries(rows).ofKind("")) {
      long modifyIndex = entry.getRaftIndex().getModifyIndex();
      if (EntryModel.isByHash(entry)) {
        entries.put(
            ChainModel.key(entry.getKind(), entry.getName()),
            new ModelEntry(entry.getHash(), modifyIndex));
      } else {
        List<ModelIntention> list =
            entry.getServiceIntentions().getSourcesList().stream()
                .map(ClusterModelTest::modelOf)
                .toList();
        intentions.put(
            entry.getName().toLowerCase(Locale.ROOT),
            new ModelIntentions(entry.getName(), list, modifyIndex));
      }
    }
    assertThat(entries).as(what).isEqualTo(model.entries);
    assertThat(intentions).as(what).isEqualTo(model.intentions);
  }

  /** What leaves out instances that are alike leaves out no name and no tag. */
  private static void requireAllNames(Rows rows, Supplier<String> what) {
    for (String peer : new String[] {"", "east", "west"}) {
      TreeMap<String, Set<String>> tags = new TreeMap<>();
      for (Node node : new Catalog(rows).nodes(peer)) {
        for (NodeService service : new Catalog(rows).servicesOfNode(peer, node.getNode())) {
          tags.computeIfAbsent(service.getService(), name -> new TreeSet<>())
              .addAll(service.getTagsList());
        }
      }
      assertThat(new Catalog(rows).serviceNames(peer)).as(what).isEqualTo(tags);
    }
  }

  private static ModelIntention modelOf(SourceIntention one) {
    Timestamp written = one.getLegacyUpdateTime();
    return new ModelIntention(
        one.getName(),
        one.getAction(),
        one.getLegacyId(),
        Instant.ofEpochSecond(written.getSeconds(), written.getNanos()).toEpochMilli());
  }

  private static CatalogModel stored(Rows rows) {
    CatalogModel stored = new CatalogModel();
    for (String peer : new String[] {"", "east", "west"}) {
      for (Node node : new Catalog(rows).nodes(peer)) {
        String name = node.getNode();
        stored.nodes.put(
            CatalogModel.at(peer, name),
            new ModelNode(name, node.getId(), node.getRaftIndex().getCreateIndex()));
        for (NodeService service : new Catalog(rows).servicesOfNode(peer, name)) {
          stored.services.put(
              CatalogModel.at(peer, name, service.getId()),
              new ModelService(
                  name.toLowerCase(Locale.ROOT),
                  service.getId(),
                  service.getService(),
                  ServiceKinds.destinationOf(service).orElse(""),
                  service
                      .getTaggedAddressesOrDefault(
                          VirtualIps.TAG, ServiceAddress.getDefaultInstance())
                      .getAddress()));
        }
      }
      for (VirtualIp ip : Tables.VIRTUAL_IPS.list(rows, Key.ofPeer(peer))) {
        stored.addresses.given.put(CatalogModel.at(peer, ip.getService()), ip.getOffset());
      }
      for (HealthCheck check : new Health(rows).inState(peer, "any")) {
        stored.checks.put(
            CatalogModel.at(peer, check.getNode(), check.getCheckId()),
            new ModelCheck(
                check.getNode().toLowerCase(Locale.ROOT),
                check.getCheckId(),
                check.getServiceId(),
                check.getStatus()));
      }
    }
    return stored;
  }

  private static void requireSamePeerings(Rows rows, ClusterModel model, Supplier<String> what) {
    TreeMap<String, ModelPeering> peerings = new TreeMap<>();
    Set<String> secretsInUse = new TreeSet<>();
    for (Peering peering : new Peerings(rows).all()) {
      String name = peering.getName();
      boolean dials = Peerings.dials(peering);
      peerings.put(name, new ModelPeering(dials, peering.getState()));
      PeeringSecrets secrets =
          new Peerings(rows).secrets(peering.getId()).orElse(PeeringSecrets.getDefaultInstance());
      SecretsModel.ModelSecrets expected = model.secrets.of(name);
      assertThat(secrets.getEstablishment()).as(what).isEqualTo(expected.establishment());
      assertThat(secrets.getPendingStream()).as(what).isEqualTo(expected.pending());
      assertThat(secrets.getActiveStream()).as(what).isEqualTo(expected.active());
      for (String token : RandomCommands.SECRETS) {
        assertThat(TokenFates.of(secrets, token, model.secrets.timeMillis))
            .as(what)
            .isEqualTo(model.secrets.fate(name, token));
      }
      assertThat(new Peerings(rows).pinned(peering.getId()))
          .as(what)
          .isEqualTo(model.pins.getOrDefault(name, List.of()));
      if (!dials) {
        SecretPhases.values(secrets).forEach(secretsInUse::add);
      }
    }
    assertThat(peerings).as(what).isEqualTo(model.peerings);
    assertThat(rows.size(TableId.SECRETS_IN_USE)).as(what).isEqualTo(secretsInUse.size());
    assertThat(new Peerings(rows).trustBundles())
        .as(what)
        .extracting(PeeringTrustBundle::getPeerName)
        .containsExactlyElementsOf(model.bundles);
    for (String peer : new String[] {"east", "west"}) {
      Map<String, ByteString> marks = new TreeMap<>();
      Tables.IMPORTED_SERVICES.forEach(
          rows,
          Key.ofPeer(peer),
          row -> marks.put(ImportModel.key(peer, row.getService()), row.getMark()));
      assertThat(marks).as(what).isEqualTo(model.imports.marks.subMap(peer + "/", peer + "0"));
      boolean isWithdrawn = model.withdrawn.contains(peer);
      assertThat(new Peerings(rows).withdrawal(peer).isPresent()).as(what).isEqualTo(isWithdrawn);
      for (String service : new Peerings(rows).importedServices(peer)) {
        assertThat(new Health(rows).service(peer, service).isEmpty())
            .as(what)
            .isEqualTo(isWithdrawn);
      }
    }
  }
}
