package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceSetTest {
  private static final List<ResourceType> KINDS = List.of(ProxyResources.ENDPOINTS);

  private final List<String> said = new ArrayList<>();
  private final ResourceSet resources =
      new ResourceSet(
          KINDS,
          /* inParts= */ false,
          new ResourceSet.Sink() {
            @Override
            public void offered(ResourceType type, String id, Message payload) {
              said.add(
                  payload instanceof ResourceList list
                      ? id + "=" + list.getNamesList() + "@" + list.getIndex()
                      : "+" + id);
            }

            @Override
            public void withdrawn(ResourceType type, String id) {
              said.add("-" + id);
            }
          });

  @Test
  void shouldListNamesOnlyWhenTheyChange() {
    resources.offerLists(KINDS, 1);
    put("b");
    put("a");
    resources.offerLists(KINDS, 2);
    put("a");
    resources.offerLists(KINDS, 3);
    resources.remove(ProxyResources.ENDPOINTS, "b");
    resources.remove(ProxyResources.ENDPOINTS, "b");
    resources.offerLists(KINDS, 4);
    resources.retain(ProxyResources.ENDPOINTS, List.of());
    resources.offerLists(KINDS, 5);
    assertThat(said)
        .containsExactly(
            "Endpoints=[]@1",
            "+b",
            "+a",
            "Endpoints=[a, b]@2",
            "+a",
            "-b",
            "Endpoints=[a]@4",
            "-a",
            "Endpoints=[]@5");
  }

  private void put(String name) {
    resources.put(ProxyResources.ENDPOINTS, name, Endpoints.getDefaultInstance());
  }
}
