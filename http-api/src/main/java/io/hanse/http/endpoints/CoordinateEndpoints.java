package io.hanse.http.endpoints;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.CoordinatePoint;
import io.hanse.fsm.row.WriteCoordinate;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Coordinates;
import io.hanse.fsm.view.Servers;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /v1/coordinate}: where nodes are in the network. Nobody measures it here, as there is no
 * gossip: what is shown is what was written.
 */
public final class CoordinateEndpoints {
  private static final int DIMENSIONS = 8;

  /** Of a node that has measured nothing yet. */
  private static final CoordinatePoint ORIGIN =
      CoordinatePoint.newBuilder()
          .addAllVec(Collections.nCopies(DIMENSIONS, 0.0))
          .setError(1.5)
          .setHeight(1e-5)
          .build();

  private final Writes writes;
  private final String datacenter;

  CoordinateEndpoints(Writes writes, String datacenter) {
    this.writes = writes;
    this.datacenter = datacenter;
  }

  /** The servers, each where one that has measured nothing is. */
  public Answer datacenters(Call call, View view) {
    List<Coordinate> servers =
        new Servers(view)
            .all().stream()
                .map(
                    server ->
                        Coordinate.newBuilder().setNode(server.getNode()).setCoord(ORIGIN).build())
                .sorted(Comparator.comparing(Coordinate::getNode))
                .toList();
    return Answer.json(
        out ->
            out.beginArray()
                .beginObject()
                .field("Datacenter", datacenter)
                .field("AreaID", "wan")
                .key("Coordinates")
                .values(servers)
                .endObject()
                .endArray());
  }

  public Answer nodes(Call call, View view) {
    return Answer.json(inSegment(call, new Coordinates(view).all()));
  }

  public Answer node(Call call, View view) {
    List<Coordinate> found = inSegment(call, new Coordinates(view).ofNode(call.rest()));
    return found.isEmpty() ? Answer.none(404).withoutMetadata() : Answer.json(found);
  }

  private static List<Coordinate> inSegment(Call call, List<Coordinate> all) {
    String segment = call.parameters().first("segment");
    return call.parameters().has("segment")
        ? all.stream().filter(one -> one.getSegment().equals(segment)).toList()
        : all;
  }

  public CompletableFuture<Answer> update(Call call) {
    Coordinate coordinate = Bodies.catalog(call, Coordinate.newBuilder()).build();
    if (coordinate.getCoord().getVecCount() != DIMENSIONS) {
      throw HttpProblem.internal("incompatible coordinate");
    }
    return writes
        .submit(
            Command.newBuilder()
                .setWriteCoordinate(WriteCoordinate.newBuilder().setCoordinate(coordinate))
                .build())
        .thenApply(result -> Answer.ok());
  }
}
