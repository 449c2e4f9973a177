<?php

/**
 * The version of the API: what scripts written for Swoole compare with.
 */
function swoole_version(): string {}

/**
 * The last error of this process: a SWOOLE_ERROR_* value or an errno. Success does not reset it.
 */
function swoole_last_error(): int {}

/**
 * The operating system's errno as it stands.
 */
function swoole_errno(): int {}

/**
 * Resets swoole_last_error() and swoole_errno() to 0.
 */
function swoole_clear_error(): void {}

/**
 * What an error means, in words.
 *
 * @param int $error_type a SWOOLE_STRERROR_* value: which list $errno belongs to. The system's list explains
 *                        SWOOLE_ERROR_* values as well
 */
function swoole_strerror(int $errno, int $error_type = SWOOLE_STRERROR_SYSTEM): string {}

/**
 * Writes a line to the server's log.
 *
 * @param int $level a SWOOLE_LOG_* value; levels below log_level are not written
 */
function swoole_error_log(int $level, string $msg): void {}

/**
 * Writes a line with an error code to the server's log, and makes it the last error.
 *
 * @param int $level a SWOOLE_LOG_* value
 * @param int $error a SWOOLE_ERROR_* value
 */
function swoole_error_log_ex(int $level, int $error, string $msg): void {}

/**
 * Keeps lines with this error code out of the server's log from now on.
 */
function swoole_ignore_error(int $error): void {}

/**
 * Sets options of the process: log_file, log_level, socket_timeout and others. The same as Coroutine::set().
 */
function swoole_async_set(array $settings): bool {}

/**
 * For internal use: marks that the shutdown functions of the script begin. Only the first call counts.
 */
function swoole_internal_call_user_shutdown_begin(): bool {}

/**
 * How many CPUs this process may use.
 */
function swoole_cpu_num(): int {}

/**
 * The IP addresses of this machine by interface, without the loopback one.
 *
 * @param int $family AF_INET (2) or AF_INET6 (10)
 * @return array<string, string>
 */
function swoole_get_local_ip(int $family = 2): array {}

/**
 * The hardware addresses of this machine by interface, like "02:42:AC:11:00:02".
 *
 * @return array<string, string>
 */
function swoole_get_local_mac(): array {}

/**
 * Names this process, as ps and top show it.
 */
function swoole_set_process_name(string $process_name): bool {}

/**
 * Gives files with this ending a content type, unless they have one.
 *
 * @param string $suffix the ending without the dot
 * @return bool whether the type was added
 */
function swoole_mime_type_add(string $suffix, string $mime_type): bool {}

/**
 * Gives files with this ending a content type, whatever they had.
 *
 * @param string $suffix the ending without the dot
 */
function swoole_mime_type_set(string $suffix, string $mime_type): void {}

/**
 * Takes the content type from files with this ending.
 *
 * @param string $suffix the ending without the dot
 * @return bool whether they had one
 */
function swoole_mime_type_delete(string $suffix): bool {}

/**
 * The content type of a file by its name; application/octet-stream when nothing is known.
 */
function swoole_mime_type_get(string $filename): string {}

/**
 * The same as swoole_mime_type_get().
 */
function swoole_get_mime_type(string $filename): string {}

/**
 * Whether files with this name's ending have a content type.
 */
function swoole_mime_type_exists(string $filename): bool {}

/**
 * Every content type, in the order of the endings.
 *
 * @return list<string>
 */
function swoole_mime_type_list(): array {}

/**
 * Options for the library: kept and given back.
 */
function swoole_library_set_options(array $options): void {}

function swoole_library_get_options(): array {}

function swoole_library_set_option(string $key, mixed $value): void {}

function swoole_library_get_option(string $key): mixed {}

/**
 * Whether this looks like a container of Docker or Kubernetes.
 */
function swoole_is_in_container(): bool {}

/**
 * How many CPUs the container may use, by its quota. The environment variable SWOOLE_CPU_NUM has the first word.
 */
function swoole_container_cpu_num(): int {}

/**
 * There are no remote objects here: nothing happens.
 */
function swoole_init_default_remote_object_server(): void {}

/**
 * A hash of a string: the one PHP's own arrays use (0), or the DJB hash (1).
 */
function swoole_hashcode(string $data, int $type = 0): int|false {}

/**
 * unserialize() of a part of a string.
 *
 * @param int $offset counts from the end when it is negative
 * @param int $length all the rest when it is not above zero
 */
function swoole_substr_unserialize(string $str, int $offset, int $length = 0, array $options = []): mixed {}

/**
 * json_decode() of a part of a string; offset and length are as for swoole_substr_unserialize().
 */
function swoole_substr_json_decode(string $str, int $offset, int $length = 0, bool $associative = false, int $depth = 512, int $flags = 0): mixed {}

/**
 * Every object that lives.
 */
function swoole_get_objects(): array|false {}

/**
 * How many objects and resources there are: object_num, resource_num.
 */
function swoole_get_vm_status(): array {}

/**
 * The object with this spl_object_id().
 */
function swoole_get_object_by_handle(int $handle): object|false {}

/**
 * A string with methods.
 */
function swoole_string(string $string = ''): Swoole\StringObject {}

/** swoole_string() in short. */
function _string(string $string = ''): Swoole\StringObject {}

/**
 * A string with methods that count characters; needs the extension mbstring.
 */
function swoole_mbstring(string $string = ''): Swoole\MultibyteStringObject {}

/** swoole_mbstring() in short. */
function _mbstring(string $string = ''): Swoole\MultibyteStringObject {}

/**
 * An array with methods.
 */
function swoole_array(array $array = []): Swoole\ArrayObject {}

/** swoole_array() in short. */
function _array(array $array = []): Swoole\ArrayObject {}

/**
 * An array with methods, of these elements.
 */
function swoole_array_list(mixed ...$arrray): Swoole\ArrayObject {}

/**
 * The element of an array, or the default when there is none.
 */
function swoole_array_default_value(array $array, mixed $key, mixed $default_value = null): mixed {}

/**
 * A table that is ready for use.
 *
 * @param string $fields its columns, as "id:int,score:float,name:string:32"
 */
function swoole_table(int $size, string $fields): Swoole\Table {}

/**
 * Asks one more name resolver, after those that are there.
 */
function swoole_name_resolver_add(Swoole\NameResolver $ns): bool {}

/**
 * Asks a name resolver no longer. False when it was not there.
 */
function swoole_name_resolver_remove(Swoole\NameResolver $ns): bool {}

/**
 * The address of a service, by the first name resolver that knows it; an empty string when none does.
 */
function swoole_name_resolver_lookup(string $name, Swoole\NameResolver\Context $ctx): string {}

/**
 * Does nothing: no name is kept.
 */
function swoole_clear_dns_cache(): void {}
