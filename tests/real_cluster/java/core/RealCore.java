import static org.neo4j.server.database.LifecycleManagingDatabase.lifecycleManagingDatabase;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.neo4j.causalclustering.core.EnterpriseCoreEditionModule;
import org.neo4j.causalclustering.discovery.HazelcastDiscoveryServiceFactory;
import org.neo4j.causalclustering.handlers.DuplexPipelineWrapperFactory;
import org.neo4j.graphdb.factory.GraphDatabaseSettings;
import org.neo4j.kernel.GraphDatabaseDependencies;
import org.neo4j.kernel.configuration.Config;
import org.neo4j.kernel.impl.factory.DatabaseInfo;
import org.neo4j.kernel.impl.factory.GraphDatabaseFacade;
import org.neo4j.kernel.impl.factory.GraphDatabaseFacadeFactory;
import org.neo4j.kernel.impl.factory.PlatformModule;
import org.neo4j.logging.LogProvider;
import org.neo4j.server.CommunityBootstrapper;
import org.neo4j.server.CommunityNeoServer;
import org.neo4j.server.NeoServer;
import org.neo4j.server.ServerCommandLineArgs;

/**
 * One core of a real cluster: Neo4j's own server round Neo4j's own core. Only what the open code
 * leaves out is put in: TLS on the links, see {@link PolicyPipelines}.
 */
public final class RealCore extends CommunityBootstrapper {
    private static final String POLICY = "dbms.ssl.policy.";

    public static void main(String[] arguments) throws IOException {
        ServerCommandLineArgs parsed = ServerCommandLineArgs.parse(arguments);
        Path conf = parsed.configFile().get().toPath();
        PolicyPipelines.conf = conf;
        PolicyPipelines.home = parsed.homeDir().toPath();
        int status = new RealCore().start(
                parsed.homeDir(), Optional.of(withoutPolicies(conf)), Collections.emptyMap());
        if (status != 0) {
            System.exit(status);
        }
    }

    /** The cluster's code is older than the policies' and would refuse settings it does not know. */
    private static File withoutPolicies(Path conf) throws IOException {
        List<String> lines = Files.readAllLines(conf, StandardCharsets.ISO_8859_1);
        List<String> kept = lines.stream()
                .filter(line -> !line.trim().startsWith(POLICY))
                .collect(Collectors.toList());
        Path file = Files.createTempFile("neo4j", ".conf");
        file.toFile().deleteOnExit();
        return Files.write(file, kept, StandardCharsets.ISO_8859_1).toFile();
    }

    @Override
    protected NeoServer createNeoServer(
            Config config, GraphDatabaseDependencies dependencies, LogProvider userLog) {
        return new CommunityNeoServer(
                config, lifecycleManagingDatabase(RealCore::core), dependencies, userLog);
    }

    private static GraphDatabaseFacade core(
            Config config, GraphDatabaseFacadeFactory.Dependencies dependencies) {
        File store = config.get(GraphDatabaseSettings.database_path);
        return new GraphDatabaseFacadeFactory(DatabaseInfo.CORE, EncryptedCore::new)
                .newFacade(store, config, dependencies);
    }

    private static final class EncryptedCore extends EnterpriseCoreEditionModule {
        EncryptedCore(PlatformModule platform) {
            super(platform, new HazelcastDiscoveryServiceFactory());
        }

        @Override
        protected DuplexPipelineWrapperFactory pipelineWrapperFactory() {
            return new PolicyPipelines();
        }
    }
}
