package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.ChangeSet;
import io.hanse.peering.proto.Changes;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ImportAge;
import io.hanse.peering.proto.ImportAges;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.PeerResources;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** What must hold of two peered clusters, at all times or at the end. */
final class SimInvariants {
  private SimInvariants() {}

  static ChangeSet changesIn(Changes changes) {
    if (changes.getDeflated().isEmpty()) {
      return changes.getPlain();
    }
    InputStream deflated = changes.getDeflated().newInput();
    try (InputStream set = new InflaterInputStream(deflated, new Inflater(true))) {
      return ChangeSet.parseFrom(set);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether it is of what a peer exports, and so of nothing that is exported. */
  static boolean isImport(Command command) {
    return command.hasReconcileImport()
        || command.hasReconcileImportList()
        || command.hasImportChanges()
        || command.hasStageImport()
        || command.hasCompleteImport()
        || command.hasPurgeImports();
  }

  /** What an importer has of a service is what the exporter had at some time, and never a mix. */
  static final class NeverHalfImported {
    private final Map<String, Set<List<String>>> history = new TreeMap<>();

    /** To be called after each change at the exporter. */
    void exporterChanged(SimCluster exporter, String peer, Command command) {
      if (!command.hasRegister() && !command.hasDeregister() && !command.hasWriteConfigEntry()) {
        return;
      }
      exports(exporter, peer)
          .forEach(
              (name, content) ->
                  history.computeIfAbsent(name, key -> new HashSet<>()).add(own(content)));
    }

    /** Without addresses of nodes: these come with whichever of a node's services comes first. */
    private static List<String> own(List<String> content) {
      return content.stream().map(line -> line.replaceFirst(" \\S*", "")).toList();
    }

    /** To be called after each import. */
    void imported(SimCluster importer, String peer, Command command) {
      Set<String> services = new TreeSet<>();
      if (command.hasReconcileImport()) {
        services.add(command.getReconcileImport().getService());
      }
      if (command.hasCompleteImport()) {
        services.add(command.getCompleteImport().getService());
      }
      command
          .getImportChanges()
          .getChangesList()
          .forEach(change -> services.add(change.getService()));
      for (String service : services) {
        List<String> content =
            imports(importer, peer, Set.of(service)).getOrDefault(service, List.of());
        if (!content.isEmpty()) {
          assertThat(history.getOrDefault(service, Set.of())).contains(own(content));
        }
      }
    }
  }

  /** No incomplete row is ever sent: servers of a real Consul that dial end of one. */
  static final class OnlyCompleteRows {
    private OnlyCompleteRows() {}

    /** How many rows there were. */
    static int check(ReplicationMessage message) {
      if (message.hasExtended()) {
        List<CheckServiceNode> rows = new ArrayList<>();
        changesIn(message.getExtended().getChanges())
            .getChangesList()
            .forEach(change -> rows.addAll(change.getInstancesList()));
        return check(rows);
      }
      if (!message.hasResponse()
          || !message.getResponse().getResource().is(ExportedService.class)) {
        return 0;
      }
      try {
        ExportedService sent = message.getResponse().getResource().unpack(ExportedService.class);
        return check(sent.getNodesList());
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    private static int check(List<CheckServiceNode> rows) {
      for (CheckServiceNode row : rows) {
        assertThat(row.hasNode()).isTrue();
        assertThat(row.getNode().getNode()).isNotEmpty();
        assertThat(row.hasService()).isTrue();
        assertThat(row.getService().getId()).isNotEmpty();
        assertThat(row.getService().getService()).isNotEmpty();
        assertThat(row.getChecksList()).noneMatch(check -> check.getCheckId().isEmpty());
      }
      return rows.size();
    }
  }

  /** In the end, what is imported is exactly what is exported. */
  static final class Converged {
    boolean isTrue(SimCluster exporter, String importerThere, SimCluster importer, String peer) {
      return exports(exporter, importerThere).equals(imports(importer, peer));
    }

    void check(SimCluster exporter, String importerThere, SimCluster importer, String peer) {
      assertThat(imports(importer, peer)).isEqualTo(exports(exporter, importerThere));
    }
  }

  /** Once all is the same and calm, the leader knows of each import that it is right. */
  static final class ImportsAreKnown {
    private static final long AGE_MILLIS_MAX = 40_000;

    void check(SimCluster importer, String peer, String id) {
      ImportAges ages =
          importer.servers.stream()
              .filter(server -> server.statuses.isConnected(id))
              .map(server -> server.statuses.shown(id, /* inDetail= */ true).getImports())
              .findFirst()
              .orElseThrow();
      List<String> known = ages.getServicesList().stream().map(ImportAge::getService).toList();
      List<String> imported =
          imports(importer, peer).keySet().stream()
              .filter(name -> !name.endsWith(PeerResources.TWIN_SUFFIX))
              .toList();
      assertThat(known).containsAll(imported);
      assertThat(ages.getUnconfirmed()).as("unconfirmed of %s", ages).isZero();
      assertThat(ages.getOldestAgeMillis()).isLessThan(AGE_MILLIS_MAX);
    }
  }

  /** A replica that reads the log anew comes to the same state. */
  static final class ReplicasAgree {
    void check(SimCluster cluster) {
      try (ClusterStateMachine replica =
          new ClusterStateMachine(
              new Store(StoreSettings.defaults(), Runnable::run, Runnable::run))) {
        for (int i = 0; i < cluster.log.size(); i++) {
          replica.apply(i + 1, cluster.log.get(i));
        }
        assertThat(replica.digest()).isEqualTo(cluster.machine.digest());
      }
    }
  }

  /** Of a peering that ended nothing is left but, where the other side ended it, its row. */
  static final class NothingIsLeft {
    void check(SimCluster cluster, String peer) {
      assertThat(imports(cluster, peer)).isEmpty();
      try (View view = cluster.view()) {
        assertThat(new Peerings(view).trustBundle(peer)).isEmpty();
      }
    }
  }

  /** Each exported name that has instances, with what tells its contents apart. */
  static SortedMap<String, List<String>> exports(SimCluster exporter, String peer) {
    SortedMap<String, List<String>> contents = new TreeMap<>();
    try (View view = exporter.view()) {
      ExportResolver resolver = new ExportResolver(view);
      ExportResolver.Exports exports = resolver.forPeer(peer);
      for (String name : exports.services()) {
        put(contents, name, rows(resolver.instances(name)));
      }
      for (String name : exports.meshServices().keySet()) {
        put(contents, name + "-sidecar-proxy", rows(resolver.meshInstances(name, peer)));
      }
    }
    return contents;
  }

  private static List<CheckServiceNode> rows(List<ExportedInstance> exported) {
    return exported.stream().map(ExportedInstance::row).toList();
  }

  static SortedMap<String, List<String>> imports(SimCluster importer, String peer) {
    try (View view = importer.view()) {
      return imports(importer, peer, new Peerings(view).importedServices(peer));
    }
  }

  private static SortedMap<String, List<String>> imports(
      SimCluster importer, String peer, Set<String> services) {
    SortedMap<String, List<String>> contents = new TreeMap<>();
    try (View view = importer.view()) {
      for (String name : services) {
        put(contents, name, new Health(view).service(peer, name));
      }
    }
    return contents;
  }

  private static void put(
      SortedMap<String, List<String>> contents, String name, List<CheckServiceNode> instances) {
    Set<String> lines = new TreeSet<>();
    for (CheckServiceNode instance : instances) {
      StringBuilder line =
          new StringBuilder(instance.getNode().getNode())
              .append(' ')
              .append(instance.getNode().getAddress())
              .append(' ')
              .append(instance.getService().getId())
              .append(' ')
              .append(instance.getService().getPort());
      for (HealthCheck check : instance.getChecksList()) {
        line.append(' ').append(check.getCheckId()).append('=').append(check.getStatus());
      }
      lines.add(line.toString());
    }
    if (!lines.isEmpty()) {
      contents.put(name, List.copyOf(lines));
    }
  }
}
