package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.deregister;
import static io.hanse.fsm.apply.Commands.dialer;
import static io.hanse.fsm.apply.Commands.establish;
import static io.hanse.fsm.apply.Commands.exchange;
import static io.hanse.fsm.apply.Commands.generate;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.promote;
import static io.hanse.fsm.apply.Commands.purge;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.reconcileList;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.remove;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static io.hanse.fsm.apply.Commands.withdraw;
import static io.hanse.fsm.apply.Commands.write;
import static io.hanse.fsm.apply.TokenCommands.follow;
import static io.hanse.fsm.apply.TokenCommands.pin;
import static io.hanse.fsm.apply.TokenCommands.remembering;
import static io.hanse.fsm.apply.TokenCommands.revoke;
import static io.hanse.fsm.apply.TokenCommands.rotate;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.ReapTombstones;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.row.WriteTrustBundle;
import java.util.Random;

/** Commands from so few names that they meet each other. */
final class RandomCommands {
  private static final String[] NODES = {"n1", "N1", "n2", "n3"};
  private static final String[] IDS = {
    "", "aaaaaaaa-0000-0000-0000-000000000000", "bbbbbbbb-0000-0000-0000-000000000000"
  };
  private static final String[] SERVICES = {"web", "api", "Web"};
  private static final String[] TAGS = {"a", "b", "ab", ""};
  private static final String[] INSTANCES = {"s1", "s2", "S1"};
  private static final String[] CHECKS = {"c1", "c2", "serfHealth"};
  private static final String[] STATUSES = {"passing", "warning", "critical", ""};
  private static final String[] KEYS = {"a", "a/b", "a/c", "b", ""};
  private static final String[] PEERS = {"east", "west"};
  static final String[] SECRETS = {"x1", "x2", "x3", "x4"};

  private final Random random;
  private final RandomSystemCommands system;
  private final RandomHolding holding;
  private final RandomEntries entries;

  RandomCommands(Random random) {
    this.random = random;
    system = new RandomSystemCommands(random);
    holding = new RandomHolding(random, NODES, CHECKS, KEYS);
    entries = new RandomEntries(random);
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  Command.Builder next() {
    if (random.nextInt(4) == 0) {
      return system.next();
    }
    return switch (random.nextInt(34)) {
      case 0, 1, 2, 3 -> registration();
      case 4, 5 ->
          deregister(
              one(NODES),
              random.nextBoolean() ? one(INSTANCES) : "",
              random.nextBoolean() ? one(CHECKS) : "");
      case 6, 7, 8 -> keyValue();
      case 9, 10, 27, 28, 29 -> entries.next();
      case 11, 12, 13, 14 -> peering();
      case 15, 16, 17 -> imported();
      case 18 ->
          random.nextBoolean()
              ? reconcileList(one(PEERS), one(SERVICES))
              : withdraw(one(PEERS), random.nextInt(3) == 0);
      case 19, 20, 21 -> holding.ofSession();
      case 22, 23, 24 -> holding.ofLock();
      case 25, 26 -> holding.ofTransaction();
      case 30, 31, 32 -> holding.ofQuery();
      default ->
          Command.newBuilder()
              .setReapTombstones(
                  ReapTombstones.newBuilder().setDeletedBeforeMillis(Long.MAX_VALUE));
    };
  }

  private NodeService.Builder instanceOf(String name) {
    if (random.nextInt(4) == 0) {
      return random.nextBoolean() ? sidecar(name) : sidecar(name).setId(one(INSTANCES));
    }
    if (random.nextInt(12) == 0) {
      return random.nextBoolean()
          ? service("out", "out").setKind("terminating-gateway")
          : service("in", "in").setKind("ingress-gateway");
    }
    NodeService.Builder service = service(name, one(INSTANCES)).setPort(random.nextInt(2));
    if (random.nextInt(4) == 0) {
      service.addTags(one(TAGS)).addTags(one(TAGS));
    }
    if (random.nextInt(6) == 0) {
      service.getConnectBuilder().setNative(true);
    }
    return random.nextInt(8) == 0 ? service.putMeta("bad key", "v") : service;
  }

  private HealthCheck.Builder aCheck(String serviceId) {
    return check(one(CHECKS), random.nextBoolean() ? serviceId : "", one(STATUSES));
  }

  private Command.Builder registration() {
    NodeService.Builder service = instanceOf(one(SERVICES));
    Command.Builder command =
        register(
            node(one(NODES)).setId(one(IDS)),
            service,
            aCheck(service.getId()),
            aCheck(one(INSTANCES)));
    if (random.nextInt(3) == 0) {
      command.getRegisterBuilder().clearChecks();
    }
    if (random.nextInt(4) == 0) {
      command.getRegisterBuilder().setSkipNodeUpdate(true);
    }
    return command;
  }

  private Command.Builder keyValue() {
    WriteKv.Verb verb = WriteKv.Verb.forNumber(random.nextInt(5));
    return kv(verb, one(KEYS), one(STATUSES), random.nextInt(60));
  }

  private Command.Builder peering() {
    String name = one(PEERS);
    String id = "id-" + name;
    return switch (random.nextInt(17)) {
      case 13 -> revoke(name);
      case 14 ->
          random.nextBoolean()
              ? follow(id, one(SECRETS), one(SECRETS))
              : pin(name, random.nextBoolean() ? new String[] {one(NODES) + ":1"} : new String[0]);
      case 15 -> rotate(id, one(SECRETS), random.nextBoolean() ? one(SECRETS) : "");
      case 16 -> tokenOfToday(name);
      case 12 -> Command.newBuilder().setOpenImports(OpenImports.newBuilder().setPeeringId(id));
      case 0, 1 -> write(acceptor(name));
      case 2 -> write(dialer(name));
      case 3, 4 -> generate(acceptor(name), one(SECRETS));
      case 5 -> exchange(id, one(SECRETS), one(SECRETS), random.nextBoolean() ? "nonce" : "");
      case 6 -> promote(acceptor(name), one(SECRETS));
      case 7 -> establish(dialer(name).setState(PeeringState.ESTABLISHING), one(SECRETS));
      case 8 -> markDeleted(name);
      case 9 -> purge(name, 1 + random.nextInt(3));
      case 10 ->
          random.nextBoolean()
              ? remove(id)
              : Command.newBuilder().setTerminatePeering(TerminatePeering.newBuilder().setId(id));
      default ->
          Command.newBuilder()
              .setWriteTrustBundle(
                  WriteTrustBundle.newBuilder()
                      .setBundle(
                          PeeringTrustBundle.newBuilder()
                              .setPeerName(name)
                              .addRootPems(one(SECRETS))));
    };
  }

  private Command.Builder tokenOfToday(String name) {
    if (random.nextBoolean()) {
      return remembering(exchange("id-" + name, one(SECRETS), one(SECRETS), ""));
    }
    Command.Builder token = remembering(generate(acceptor(name), one(SECRETS)));
    // Times of the log are behind the first one, and before the second.
    token
        .getWritePeeringBuilder()
        .getGenerateBuilder()
        .setExpiresMillis(random.nextInt(3) == 0 ? 1 : random.nextBoolean() ? 0 : Long.MAX_VALUE);
    return token;
  }

  private Command.Builder imported() {
    String service = one(SERVICES);
    CheckServiceNode.Builder[] instances = new CheckServiceNode.Builder[random.nextInt(3)];
    for (int i = 0; i < instances.length; i++) {
      NodeService.Builder sent = instanceOf(service);
      instances[i] =
          instance(node(one(NODES)).setId(one(IDS)), sent, check("c" + i, sent.getId(), "passing"));
    }
    if (random.nextBoolean()) {
      return changes(service, instances);
    }
    Command.Builder command = reconcile(one(PEERS), service, instances);
    if (random.nextInt(4) == 0) {
      command.getReconcileImportBuilder().setFence(random.nextInt(100));
    }
    return command;
  }

  private Command.Builder changes(String service, CheckServiceNode.Builder... instances) {
    ImportChange.Builder change =
        ImportChange.newBuilder()
            .setService(service)
            .setMark(ByteString.copyFromUtf8(one(STATUSES)))
            .setGone(random.nextInt(8) == 0);
    for (CheckServiceNode.Builder instance : instances) {
      change.addInstances(instance);
    }
    if (random.nextBoolean()) {
      change
          .setBase(ByteString.copyFromUtf8(one(STATUSES)))
          .addRemoved(InstanceName.newBuilder().setNode(one(NODES)).setServiceId(one(INSTANCES)));
    }
    ImportChanges.Builder changes =
        ImportChanges.newBuilder().setPeer(one(PEERS)).addChanges(change);
    if (random.nextInt(3) == 0) {
      changes.addChanges(change.setService(one(SERVICES)).setMark(ByteString.copyFromUtf8("m")));
    }
    if (random.nextInt(6) == 0) {
      changes.setFence(random.nextInt(100));
    }
    return Command.newBuilder().setImportChanges(changes);
  }
}
