"""Every setting whose name changed between 3.5 and 2026.

Left out are settings the manual never names (`unsupported.`, `internal.`), but for one that decides
which files of a policy are read.
"""

from __future__ import annotations

from wizard.neo4j.renames.cluster_settings import CLUSTER_MOVES
from wizard.neo4j.renames.row import Move, moves

_FOUR = "SettingMigrators of neo4j-configuration 4.0.12 to 4.4.48, asked"
_FIVE = "Neo4j5_0SettingMigrator of neo4j-configuration 5.1.0 to 2026.08.1, asked"

_INTO_4 = (
    *moves(
        "4.0",
        _FOUR,
        ("dbms.connectors.", "dbms.", "default_advertised_address default_listen_address"),
        ("dbms.active_database", "dbms.default_database", "."),
        ("causal_clustering.ssl_policy", "dbms.ssl.policy.cluster.enabled", "."),
        ("dbms.backup.ssl_policy", "dbms.ssl.policy.backup.enabled", "."),
        ("bolt.ssl_policy", "dbms.ssl.policy.bolt.enabled", "."),
        ("https.ssl_policy", "dbms.ssl.policy.https.enabled", "."),
        ("dbms.directories.certificates", None, "."),
        ("dbms.procedures.kill_query_verbose", None, "."),
        until="5.0",
    ),
    *moves("4.0", _FOUR, ("dbms.connector.", None, "bolt.type http.type https.type")),
    *moves(
        "4.2",
        _FOUR,
        (
            "dbms.memory.pagecache.warmup.preload.whitelist",
            "dbms.memory.pagecache.warmup.preload.allowlist",
            ".",
        ),
        ("dbms.security.procedures.whitelist", "dbms.security.procedures.allowlist", "."),
    ),
    *moves(
        "4.1",
        _FOUR,
        ("dbms.tx_state.max_off_heap_memory", "dbms.memory.off_heap.max_size", "."),
        ("dbms.tx_state.off_heap.", "dbms.memory.off_heap.", "block_cache_size"),
        ("dbms.tx_state.off_heap.", "dbms.memory.off_heap.", "max_cacheable_block_size"),
    ),
    *moves(
        "4.3",
        _FOUR,
        ("causal_clustering.refuse_to_be_leader", "dbms.databases.default_to_read_only", "."),
        (
            "dbms.connector.bolt.connection_keep_alive_scheduling_interval",
            "dbms.connector.bolt.connection_keep_alive_streaming_scheduling_interval",
            ".",
        ),
        until="5.0",
    ),
    *moves(
        "4.3",
        _FOUR,
        ("dbms.read_only", "dbms.databases.default_to_read_only", "."),
    ),
)

_INTO_5 = (
    *moves(
        "5.0",
        _FIVE,
        ("dbms.config.strict_validation", "server.config.strict_validation.enabled", "."),
        ("dbms.", "initial.dbms.", "default_database"),
        ("dbms.", "server.", "default_advertised_address default_listen_address"),
        ("dbms.", "server.", "jvm.additional windows_service_name"),
        (
            "dbms.directories.",
            "server.directories.",
            (
                "data dumps.root import lib licenses logs neo4j_home plugins run script.root "
                "transaction.logs.root"
            ),
        ),
        (
            "dbms.connector.bolt.",
            "server.bolt.",
            (
                "advertised_address connection_keep_alive connection_keep_alive_for_requests "
                "connection_keep_alive_probes connection_keep_alive_streaming_scheduling_interval "
                "enabled listen_address ocsp_stapling_enabled thread_pool_keep_alive "
                "thread_pool_max_size thread_pool_min_size tls_level"
            ),
        ),
        ("dbms.connector.http.", "server.http.", "advertised_address enabled listen_address"),
        ("dbms.connector.https.", "server.https.", "advertised_address enabled listen_address"),
        ("dbms.memory.heap.", "server.memory.heap.", "initial_size max_size"),
        (
            "dbms.memory.pagecache.",
            "server.memory.pagecache.",
            "directio flush.buffer.enabled flush.buffer.size_in_pages scan.prefetchers size",
        ),
        (
            "dbms.memory.pagecache.warmup.",
            "db.memory.pagecache.warmup.",
            "enable preload preload.allowlist profile.interval",
        ),
        (
            "dbms.memory.off_heap.",
            "server.memory.off_heap.",
            "block_cache_size max_cacheable_block_size max_size",
        ),
        ("dbms.memory.transaction.max_size", "db.memory.transaction.max", "."),
        ("dbms.memory.transaction.database_max_size", "db.memory.transaction.total.max", "."),
        ("dbms.memory.transaction.global_max_size", "dbms.memory.transaction.total.max", "."),
        ("dbms.logs.gc.", "server.logs.gc.", "enabled options rotation.keep_number rotation.size"),
        (
            "dbms.logs.query.",
            "db.logs.query.",
            (
                "early_raw_logging_enabled enabled max_parameter_length obfuscate_literals "
                "parameter_logging_enabled plan_description_enabled threshold transaction.enabled "
                "transaction.threshold"
            ),
        ),
        (
            "dbms.",
            "db.",
            (
                "checkpoint checkpoint.interval.time checkpoint.interval.tx "
                "checkpoint.interval.volume checkpoint.iops.limit filewatcher.enabled "
                "import.csv.buffer_size import.csv.legacy_quote_escaping lock.acquisition.timeout "
                "index_sampling.background_enabled index_sampling.sample_size_limit "
                "index_sampling.update_percentage recovery.fail_on_missing_files "
                "relationship_grouping_threshold shutdown_transaction_end_timeout "
                "store.files.preallocate track_query_cpu_time transaction.bookmark_ready_timeout "
                "transaction.concurrent.maximum transaction.monitor.check.interval "
                "transaction.sampling.percentage transaction.timeout transaction.tracing.level "
                "tx_log.buffer.size tx_log.preallocate tx_log.rotation.retention_policy "
                "tx_log.rotation.size tx_state.memory_allocation"
            ),
        ),
        ("dbms.", "server.db.", "query_cache_size"),
        (
            "dbms.databases.",
            "server.databases.",
            "default_to_read_only read_only writable",
        ),
        (
            "cypher.",
            "dbms.cypher.",
            (
                "forbid_exhaustive_shortestpath forbid_shortestpath_common_nodes hints_error "
                "lenient_create_relationship min_replan_interval planner render_plan_description "
                "statistics_divergence_threshold"
            ),
        ),
        ("cypher.query_max_allocations", "db.memory.transaction.max", "."),
        ("unsupported.", "internal.", "dbms.ssl.system.ignore_dot_files"),
        (
            "dbms.",
            "internal.dbms.",
            (
                "init_file log_inconsistent_data_deletion "
                "routing.driver.event_loop_count routing.driver.idle_check_interval "
                "routing.driver.logging.leaked_sessions routing.driver.timeout "
                "upgrade_max_processors"
            ),
        ),
        ("dbms.connector.", "internal.server.", "bolt.tcp_keep_alive"),
    ),
    *moves(
        "5.0",
        _FIVE,
        ("dbms.", None, "allow_single_automatic_upgrade allow_upgrade clustering.enable"),
        ("dbms.", None, "directories.tx_log record_format index_searcher_cache_size"),
        ("dbms.", None, "memory.pagecache.swapper routing.driver.api track_query_allocation"),
        ("dbms.backup.incremental.strategy", None, "."),
        ("dbms.index.default_schema_provider", None, "."),
        ("dbms.logs.default_format", None, "."),
        (
            "dbms.logs.debug.",
            None,
            "format level path rotation.delay rotation.keep_number rotation.size",
        ),
        (
            "dbms.logs.user.",
            None,
            "format path rotation.delay rotation.keep_number rotation.size stdout_enabled",
        ),
        ("dbms.logs.http.", None, "format path rotation.keep_number rotation.size"),
        (
            "dbms.logs.security.",
            None,
            "format level path rotation.delay rotation.keep_number rotation.size",
        ),
        (
            "dbms.logs.query.",
            None,
            (
                "allocation_logging_enabled format page_logging_enabled parameter_full_entities "
                "path rotation.keep_number rotation.size runtime_logging_enabled "
                "time_logging_enabled transaction_id.enabled"
            ),
        ),
        (
            "dbms.security.",
            None,
            (
                "procedures.default_allowed procedures.roles property_level.blacklist "
                "property_level.enabled ldap.authentication.use_samaccountname"
            ),
        ),
        ("cypher.default_language_version", None, "."),
    ),
)

_LATER = (
    *moves(
        "5.10",  # the first of the releases looked at that declares it; 5.5.0 does not
        _FIVE,
        ("server.db.query_cache_size", "server.memory.query_cache.per_db_cache_num_entries", "."),
    ),
    *moves(
        "5.10",
        _FIVE,
        ("server.memory.off_heap.max_size", "server.memory.off_heap.transaction_max_size", "."),
        until="2025.01",
    ),
    *moves(
        "2025.01",
        _FIVE,
        ("dbms.memory.off_heap.max_size", None, "."),
        ("server.memory.off_heap.", None, "block_cache_size max_cacheable_block_size"),
        ("server.memory.off_heap.transaction_max_size", None, "."),
        ("db.tx_state.memory_allocation", None, "."),
    ),
)

MOVES: tuple[Move, ...] = (*CLUSTER_MOVES, *_INTO_4, *_INTO_5, *_LATER)
"""Each old name once; where several names became one, the first is the one to go back to."""
