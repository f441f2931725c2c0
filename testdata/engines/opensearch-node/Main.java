import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.geo.GeoModulePlugin;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node, without the security plugin: what a distribution's
 * launcher does, less what it does to the machine. That one locks memory,
 * installs system call filters, and refuses to run as root.
 *
 * <p>Arguments are the node's settings, NAME=VALUE; path.home is a must. The
 * argument "once" ends the node as soon as it has started, for those who want
 * to know what a start loads.
 */
public final class Main extends Node {

    /** Here on the class path, where a distribution has a folder for each. */
    private static final List<Class<? extends Plugin>> MODULES = List.of(
            Netty4Plugin.class,
            CommonAnalysisPlugin.class,
            MapperExtrasPlugin.class,
            ReindexPlugin.class,
            PainlessPlugin.class,
            GeoModulePlugin.class);

    private Main(Environment environment) {
        super(environment, MODULES, true);
    }

    public static void main(String[] arguments) {
        // Whatever goes wrong, threads that were started would keep the
        // process, and whoever waits for it, alive.
        try {
            run(List.of(arguments));
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void run(List<String> arguments) throws Exception {
        Settings settings = settings(arguments);
        LogConfigurator.configureWithoutConfig(settings);

        Path home = Path.of(settings.get("path.home"));
        Node node = new Main(new Environment(settings, home.resolve("config")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
        if (!arguments.contains("once")) {
            new CountDownLatch(1).await(); // a signal ends it
        }
    }

    private static Settings settings(List<String> arguments) {
        Settings.Builder settings = Settings.builder()
                .put("cluster.name", "rental")
                .put("node.name", "rental")
                .put("logger.level", "INFO")

                // Alone, and reached by its clients only.
                .put("discovery.type", "single-node")
                .put("network.host", "127.0.0.1")
                .put("transport.type", "netty4")
                .put("transport.port", "0")
                .put("http.type", "netty4")

                // Says where it listens, in logs/http.ports.
                .put("node.portsfile", true)

                // As Amazon's domains have it: a document for an index that
                // does not exist creates it, with a guessed mapping. Who does
                // not want that has to cope.
                .put("action.auto_create_index", "true")

                // Tests must not depend on how full the disk is.
                .put("cluster.routing.allocation.disk.threshold_enabled", false);
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals > 0) {
                settings.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
        }
        return settings.build();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
