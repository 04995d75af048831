import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;

/**
 * Orders, with a customer and an amount in their value, by region of the customer and hour: a repartition, a join with
 * a table, a window. Runs under exactly_once_v2 until it is killed.
 *
 * <p>Arguments: bootstrap address, state folder.
 */
public class ExactlyOnce {
  public static void main(String[] arguments) {
    Properties configs = new Properties();
    configs.put(StreamsConfig.APPLICATION_ID_CONFIG, "exactly-once");
    configs.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    configs.put(StreamsConfig.STATE_DIR_CONFIG, arguments[1]);
    configs.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    configs.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "100");
    configs.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "2");
    configs.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    configs.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    // A killed member is missed soon, so that the next run need not wait for it.
    configs.put("session.timeout.ms", "6000");
    configs.put("heartbeat.interval.ms", "500");
    configs.put("auto.offset.reset", "earliest");

    StreamsBuilder builder = new StreamsBuilder();
    KTable<String, String> regions = builder.table("customers", Consumed.with(Serdes.String(), Serdes.String()));
    builder.stream("orders", Consumed.with(Serdes.String(), Serdes.String()))
        .selectKey((id, order) -> order.split(" ")[0])
        .mapValues(order -> Long.parseLong(order.split(" ")[1]))
        .repartition(Repartitioned.with(Serdes.String(), Serdes.Long()).withNumberOfPartitions(4).withName("by-customer"))
        .leftJoin(regions, (amount, region) -> (region == null ? "nowhere" : region) + " " + amount,
            Joined.with(Serdes.String(), Serdes.Long(), Serdes.String()))
        .selectKey((customer, joined) -> joined.split(" ")[0])
        .mapValues(joined -> Long.parseLong(joined.split(" ")[1]))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()))
        .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofHours(1), Duration.ofDays(1)))
        .aggregate(() -> 0L, (region, amount, sum) -> sum + amount, Materialized.with(Serdes.String(), Serdes.Long()))
        .toStream()
        .map((window, sum) -> new org.apache.kafka.streams.KeyValue<>(
            window.key() + "@" + window.window().start(), Long.toString(sum)))
        .to("totals", Produced.with(Serdes.String(), Serdes.String()));

    KafkaStreams streams = new KafkaStreams(builder.build(), configs);
    streams.setUncaughtExceptionHandler(problem -> {
      problem.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.setStateListener((now, before) -> System.out.println("state " + now));
    streams.start();
  }
}
