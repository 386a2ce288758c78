package io.hanse.http.query;

import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Gzip;
import io.hanse.http.json.JsonWriter;
import java.io.ByteArrayOutputStream;

/**
 * Brings answers in JSON into their final form before they are sent: for many, or off the loop that
 * sends them.
 *
 * @param isIndented whether JSON is always indented
 */
record AnswerEncoder(boolean isIndented) {
  private static final int HTTP_OK = 200;

  /** The same answer; encoded, if it is a plain one in JSON. */
  Answer encoded(Call call, Answer answer) {
    if (answer.status() != HTTP_OK || !(answer.body() instanceof Answer.Body.Json json)) {
      return answer;
    }
    boolean isPretty = call.parameters().has("pretty");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonWriter.write(out, isIndented || isPretty, json.content());
    if (isPretty) {
      out.write('\n');
    }
    return answer.with(new Answer.Body.Encoded(out.toByteArray()));
  }

  /** The same, and compressed already where this call will want it so. */
  Answer ready(Call call, Answer answer) {
    Answer encoded = encoded(call, answer);
    if (encoded.body() instanceof Answer.Body.Encoded body
        && Gzip.pays(body.size())
        && Gzip.isAccepted(call.header("Accept-Encoding"))) {
      body.compressed(Gzip::compressed);
    }
    return encoded;
  }
}
