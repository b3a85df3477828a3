using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.Json;
using System.Threading;

// The pretended host: one scenario, read once, with the faults, delays, clock and files that belong to it.
namespace CheckpointStandIn
{
    public static class TheHost
    {
        static readonly Lazy<JsonElement> root = new Lazy<JsonElement>(Read);
        static readonly Stopwatch sinceLoad = Stopwatch.StartNew();

        public static JsonElement Root => root.Value;
        public static JsonElement Facts => Root.GetProperty("host");
        public static string Name => Facts.Text("name");
        public static bool IsGerman => Facts.Text("culture").StartsWith("de", StringComparison.Ordinal);
        public static bool SeesVms => Facts.Text("visibility") == "all";
        public static string Vmms => Facts.Text("vmms");

        public static DateTime UtcNow
        {
            get
            {
                var start = Facts.Instant("utcNow");
                return Facts.Text("clock") == "running" ? start + sinceLoad.Elapsed : start;
            }
        }

        public static string Say(string english, string german) => IsGerman ? german : english;

        static JsonElement Read()
        {
            var path = Environment.GetEnvironmentVariable("CHECKPOINT_STANDIN_SCENARIO");
            if (string.IsNullOrEmpty(path)) throw new InvalidOperationException("CHECKPOINT_STANDIN_SCENARIO names no scenario.");
            return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        }
    }

    // Which uses of what go wrong, and how. Each use of a cmdlet is also written down.
    public static class Faults
    {
        public sealed class Fault
        {
            public string At, Kind, Effect, Vm, Checkpoint, Path;
            public int After;
            public bool Target;
            public int Uses;
        }

        static readonly Lazy<Dictionary<string, Fault[]>> all = new Lazy<Dictionary<string, Fault[]>>(() =>
            TheHost.Root.GetProperty("faults").EnumerateArray().Select(f => new Fault
            {
                At = f.Text("at"),
                Kind = f.Text("kind"),
                Effect = f.Text("effect"),
                Vm = f.Text("vm"),
                Checkpoint = f.Text("checkpoint"),
                Path = f.Text("path") == null ? null : WindowsPaths.Key(f.Text("path")),
                After = f.GetProperty("after").GetInt32(),
                Target = f.GetProperty("target").GetBoolean(),
            }).GroupBy(f => f.At, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase));

        static readonly object gate = new object();
        static readonly ManualResetEventSlim never = new ManualResetEventSlim(false);

        // The fault that this use meets, or null. A fault without a selector meets every use.
        public static Fault Find(string at, string vm = null, string checkpoint = null, string path = null)
        {
            if (!all.Value.TryGetValue(at, out var faults)) return null;
            Fault met = null;
            lock (gate)
            {
                foreach (var fault in faults)
                {
                    var general = fault.Vm == null && fault.Checkpoint == null && fault.Path == null;
                    var asksForAll = vm == null && checkpoint == null && path == null;
                    if (general != asksForAll) continue;
                    if (fault.Vm != null && fault.Vm != vm) continue;
                    if (fault.Checkpoint != null && fault.Checkpoint != checkpoint) continue;
                    if (fault.Path != null && fault.Path != path) continue;
                    if (fault.Uses++ < fault.After) continue;
                    met = fault;
                    break;
                }
            }
            if (met?.Effect == "hang") never.Wait();
            return met;
        }

        // A property of Hyper-V is read from VMMS each time, so a read can fail.
        public static T Property<T>(string type, string property, string vm, string checkpoint, T value)
        {
            if (all.Value.Count == 0) return value;
            var fault = Find(type + "." + property, vm, checkpoint);
            if (fault != null) throw Microsoft.HyperV.PowerShell.VirtualizationException.Of(fault.Kind, null);
            return value;
        }

        static int invocations;

        // One cmdlet with a pipeline into it is one invocation, however many records it gets.
        public static int NextInvocation() => Interlocked.Increment(ref invocations);

        public static void Begin(int invocation, string cmdlet, IEnumerable<string> targets)
        {
            if (TheHost.Root.GetProperty("delays").TryGetProperty(cmdlet, out var delay)) Thread.Sleep(delay.GetInt32());
            var file = Environment.GetEnvironmentVariable("CHECKPOINT_STANDIN_COUNTERS");
            if (string.IsNullOrEmpty(file)) return;
            var line = JsonSerializer.Serialize(new { process = Environment.ProcessId, invocation, cmdlet, targets = targets.ToArray() }) + "\n";
            lock (gate) File.AppendAllText(file, line, new UTF8Encoding(false));
        }
    }

    // Windows paths on a machine that has none. Names are compared as Windows does, and one file has several names.
    public static class WindowsPaths
    {
        static readonly Lazy<Dictionary<string, JsonElement>> files = new Lazy<Dictionary<string, JsonElement>>(() =>
            TheHost.Root.GetProperty("files").EnumerateArray().ToDictionary(f => Key(f.Text("path"))));

        static readonly Lazy<Dictionary<string, string>> folders = new Lazy<Dictionary<string, string>>(() =>
        {
            var found = new Dictionary<string, string>();
            foreach (var file in TheHost.Root.GetProperty("files").EnumerateArray()) AddParents(found, file.Text("path"));
            foreach (var volume in TheHost.Root.GetProperty("volumes").EnumerateArray())
            {
                var folder = volume.Text("root").TrimEnd('\\');
                found[Key(folder)] = folder;
            }
            return found;
        });

        static void AddParents(Dictionary<string, string> found, string path)
        {
            for (var cut = path.LastIndexOf('\\'); cut > 1; cut = path.LastIndexOf('\\', cut - 1))
            {
                path = path.Substring(0, cut);
                if (!found.TryAdd(Key(path), path)) return;
            }
        }

        public static bool IsWindows(string path) =>
            path.StartsWith(@"\\", StringComparison.Ordinal) || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0]));

        // Lower case, one kind of separator, no \\?\ prefix; volume GUID paths become the path of their mount point.
        public static string Key(string path)
        {
            var key = path.Replace('/', '\\').ToLowerInvariant();
            if (key.StartsWith(@"\\?\unc\", StringComparison.Ordinal)) key = @"\\" + key.Substring(8);
            if (key.StartsWith(@"\\?\volume{", StringComparison.Ordinal))
            {
                foreach (var volume in TheHost.Root.GetProperty("volumes").EnumerateArray())
                {
                    var id = @"\\?\volume{" + volume.Text("id") + @"}\";
                    if (key.StartsWith(id, StringComparison.Ordinal))
                        key = volume.Text("root").TrimEnd('\\').ToLowerInvariant() + @"\" + key.Substring(id.Length);
                }
            }
            else if (key.StartsWith(@"\\?\", StringComparison.Ordinal)) key = key.Substring(4);
            var unc = key.StartsWith(@"\\", StringComparison.Ordinal);
            while (key.LastIndexOf(@"\\", StringComparison.Ordinal) > 0) key = key.Substring(0, 1) + key.Substring(1).Replace(@"\\", @"\");
            return (unc || key.Length > 3 ? key : key + @"\").TrimEnd('\\');
        }

        public static JsonElement? File(string path) => files.Value.TryGetValue(Key(path), out var file) ? file : (JsonElement?)null;
        public static string Folder(string path) => folders.Value.TryGetValue(Key(path), out var folder) ? folder : null;
        public static IEnumerable<JsonElement> Files => files.Value.Values;
        public static IEnumerable<string> Folders => folders.Value.Values;

        // Where the sparse file behind a path lies.
        public static string Local(string path)
        {
            var root = Environment.GetEnvironmentVariable("CHECKPOINT_STANDIN_DISKS") ?? "";
            var parts = path.Split('\\', StringSplitOptions.RemoveEmptyEntries);
            var head = path.StartsWith(@"\\", StringComparison.Ordinal) ? new[] { "UNC" } : new[] { parts[0].Substring(0, 1).ToUpperInvariant() };
            var rest = path.StartsWith(@"\\", StringComparison.Ordinal) ? parts : parts.Skip(1);
            return System.IO.Path.Combine(new[] { root }.Concat(head).Concat(rest).ToArray());
        }
    }

    public static class Fields
    {
        // Names on real hosts may hold half a surrogate pair, which the parser refuses to hand out as a string.
        public static string Text(this JsonElement element, string property)
        {
            var value = element.GetProperty(property);
            if (value.ValueKind == JsonValueKind.Null) return null;
            if (value.ValueKind != JsonValueKind.String) return value.GetRawText();
            try { return value.GetString(); }
            catch (InvalidOperationException) { return Unescape(value.GetRawText()); }
        }

        public static DateTime Instant(this JsonElement element, string property) =>
            DateTime.Parse(element.Text(property), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

        public static T Enum<T>(this JsonElement element, string property) where T : struct => ToEnum<T>(element.GetProperty(property));

        // A number that the enum does not know stays that number, as in .NET.
        public static T ToEnum<T>(JsonElement value) where T : struct =>
            value.ValueKind == JsonValueKind.Number
                ? (T)System.Enum.ToObject(typeof(T), value.GetInt32())
                : (T)System.Enum.Parse(typeof(T), value.GetString(), false);

        public static Guid? Id(this JsonElement element, string property) =>
            element.GetProperty(property).ValueKind == JsonValueKind.Null ? (Guid?)null : Guid.Parse(element.Text(property));

        public static int? Number(this JsonElement element, string property) =>
            element.GetProperty(property).ValueKind == JsonValueKind.Null ? (int?)null : element.GetProperty(property).GetInt32();

        static string Unescape(string raw)
        {
            var text = new StringBuilder();
            for (var i = 1; i < raw.Length - 1; i++)
            {
                if (raw[i] != '\\') { text.Append(raw[i]); continue; }
                i++;
                if (raw[i] == 'u')
                {
                    text.Append((char)Convert.ToInt32(raw.Substring(i + 1, 4), 16));
                    i += 4;
                }
                else text.Append(raw[i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var other => other });
            }
            return text.ToString();
        }
    }
}
