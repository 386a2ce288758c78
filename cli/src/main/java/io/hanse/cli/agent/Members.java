package io.hanse.cli.agent;

import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Servers;
import io.hanse.http.agent.LocalAgent.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The servers of this cluster as members of a gossip pool, which is what clients expect to see. */
final class Members {
  private static final int ALIVE = 1;
  private static final int FAILED = 4;

  private Members() {}

  /**
   * Who is silent the catalog says, which the leader keeps; without a leader it is what this server
   * hears itself.
   */
  static List<Member> of(View view, Server self, ServerEchoes echoes) {
    List<Server> servers = new ArrayList<>(new Servers(view).all());
    if (servers.stream().noneMatch(server -> server.getRaftId().equals(self.getRaftId()))) {
      servers.add(self);
    }
    Health health = new Health(view);
    List<Member> members = new ArrayList<>();
    for (Server server : servers) {
      boolean silent =
          !server.getRaftId().equals(self.getRaftId())
              && echoes
                  .isSilent(server.getRaftId())
                  .orElseGet(
                      () ->
                          health.ofNode("", server.getNode()).stream()
                              .anyMatch(Members::saysSilent));
      members.add(
          new Member(
              server.getNode(),
              server.getAddress(),
              server.getSerfLanPort(),
              tags(server, servers.size()),
              silent ? FAILED : ALIVE));
    }
    return members;
  }

  private static boolean saysSilent(HealthCheck check) {
    return check.getCheckId().equals(ServerHealth.CHECK_ID) && !check.getStatus().equals("passing");
  }

  private static Map<String, String> tags(Server server, int servers) {
    Map<String, String> tags = new TreeMap<>();
    tags.put("acls", "0");
    tags.put("build", AgentIdentity.CONSUL_VERSION + ":hanse");
    tags.put("dc", server.getDatacenter());
    tags.put("ft_fs", "1");
    tags.put("ft_si", "1");
    tags.put("id", server.getNodeId());
    tags.put("port", Integer.toString(server.getServerPort()));
    tags.put("raft_vsn", "3");
    tags.put("role", "consul");
    tags.put("segment", "");
    tags.put("vsn", "2");
    tags.put("vsn_max", "3");
    tags.put("vsn_min", "2");
    if (servers > 1) {
      tags.put("expect", Integer.toString(servers));
    }
    if (server.getGrpcPort() > 0) {
      tags.put("grpc_port", Integer.toString(server.getGrpcPort()));
    }
    if (server.getGrpcTlsPort() > 0) {
      tags.put("grpc_tls_port", Integer.toString(server.getGrpcTlsPort()));
    }
    return tags;
  }
}
