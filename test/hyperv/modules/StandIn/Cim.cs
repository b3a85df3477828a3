using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using System.Text.RegularExpressions;
using CheckpointStandIn;
using Microsoft.HyperV.PowerShell;

namespace CheckpointStandIn
{
    // The CIM classes of a Hyper-V host that say something which its cmdlets do not. Names and types: Microsoft docs of each class.
    public static class CimClasses
    {
        public const string Default = "root/cimv2";
        const string Virtualization = "root/virtualization/v2";
        const string Storage = "root/microsoft/windows/storage";


        // Null: there is no such class.
        public static IEnumerable<PSObject> Instances(string space, string name)
        {
            var written = Written(space, name);
            if (written != null) return written;
            var rows = (space + ":" + name.ToLowerInvariant()) switch
            {
                Default + ":win32_operatingsystem" => OperatingSystem(),
                Default + ":win32_computersystem" => ComputerSystem(),
                Default + ":win32_service" => Services(),
                Default + ":win32_process" => Processes(),
                Default + ":win32_volume" => Volumes(),
                Default + ":win32_logicaldisk" => LogicalDisks(),
                Default + ":win32_perfformatteddata_vmmsvirtualmachinestats_hypervvirtualmachinehealthsummary" => Health(),
                Default + ":win32_perfrawdata_vmmsvirtualmachinestats_hypervvirtualmachinehealthsummary" => Health(),
                Storage + ":msft_volume" => StorageVolumes(),
                Virtualization + ":msvm_computersystem" => VirtualSystems(),
                Virtualization + ":msvm_concretejob" => Nothing,
                Virtualization + ":msvm_kvpexchangecomponent" => KvpComponents(),
                Virtualization + ":msvm_virtualsystemsettingdata" => Nothing,
                _ => null,
            };
            return rows?.Select(row => Instance(space, name, row));
        }

        public static bool Knows(string space) =>
            new[] { Default, Virtualization, Storage }.Contains(space) || TheHost.Root.GetProperty("cim").TryGetProperty(space, out _);

        public static PSObject Instance(string space, string name, IEnumerable<(string Name, object Value)> properties)
        {
            var instance = new PSObject();
            instance.TypeNames.Insert(0, "Microsoft.Management.Infrastructure.CimInstance");
            instance.TypeNames.Insert(0, "Microsoft.Management.Infrastructure.CimInstance#" + space + "/" + name);
            foreach (var (property, value) in properties) instance.Properties.Add(new PSNoteProperty(property, value));
            instance.Properties.Add(new PSNoteProperty("PSComputerName", null));
            return instance;
        }

        static IEnumerable<PSObject> Written(string space, string name)
        {
            foreach (var namespaces in TheHost.Root.GetProperty("cim").EnumerateObject())
            {
                if (!string.Equals(namespaces.Name, space, StringComparison.OrdinalIgnoreCase)) continue;
                foreach (var classes in namespaces.Value.EnumerateObject())
                {
                    if (string.Equals(classes.Name, name, StringComparison.OrdinalIgnoreCase))
                        return classes.Value.EnumerateArray().Select(row => Instance(space, name, row.EnumerateObject().Select(p => (p.Name, Value(p.Value)))));
                }
            }
            return null;
        }

        static object Value(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetDouble(),
            JsonValueKind.Array => value.EnumerateArray().Select(Value).ToArray(),
            // Dates of CIM come as local DateTime.
            JsonValueKind.String => Regex.IsMatch(value.GetRawText(), "^\"\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\"$")
                ? DateTime.Parse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).ToLocalTime()
                : value.GetString(),
            _ => value.GetRawText(),
        };

        static readonly (string, object)[][] Nothing = Array.Empty<(string, object)[]>();

        static IEnumerable<(string, object)[]> OperatingSystem()
        {
            var build = TheHost.Facts.Text("osBuild");
            yield return new (string, object)[]
            {
                ("Caption", TheHost.Facts.Text("osCaption")), ("Version", "10.0." + build), ("BuildNumber", build),
                ("CSName", TheHost.Name), ("ProductType", 3u), ("OSArchitecture", TheHost.Say("64-bit", "64-Bit")),
                ("LocalDateTime", TheHost.UtcNow.ToLocalTime()), ("LastBootUpTime", TheHost.UtcNow.AddDays(-30).ToLocalTime()),
                ("CurrentTimeZone", (short)TimeZoneInfo.Local.GetUtcOffset(TheHost.UtcNow).TotalMinutes),
                ("OSLanguage", TheHost.IsGerman ? 1031u : 1033u), ("MUILanguages", new[] { TheHost.Facts.Text("culture") }),
            };
        }

        static IEnumerable<(string, object)[]> ComputerSystem()
        {
            yield return new (string, object)[]
            {
                ("Name", TheHost.Name), ("DNSHostName", TheHost.Name), ("Domain", TheHost.Facts.Text("domain")),
                ("PartOfDomain", true), ("DomainRole", (ushort)3), ("HypervisorPresent", true),
                ("Manufacturer", "Contoso"), ("Model", "Server"), ("TotalPhysicalMemory", 137438953472ul), ("NumberOfLogicalProcessors", 16u),
            };
        }

        static IEnumerable<(string, object)[]> Services() => Microsoft.PowerShell.Commands.Services.All.Select(service => new (string, object)[]
        {
            ("Name", service.Name), ("DisplayName", service.DisplayName), ("State", service.Status.ToString()), ("Status", "OK"),
            ("StartMode", "Auto"), ("Started", service.Status == System.ServiceProcess.ServiceControllerStatus.Running), ("ProcessId", 1200u),
        });

        // One worker process for each machine that is not at rest; it does not depend on what this account may see.
        static IEnumerable<(string, object)[]> Processes()
        {
            var names = new List<string> { "System", "services.exe" };
            if (TheHost.Vmms == "Running") names.Add("vmms.exe");
            names.AddRange(Inventory.Vms.Where(vm => HasWorker(vm.Data.Enum<VMState>("state"))).Select(_ => "vmwp.exe"));
            return names.Select((name, index) => new (string, object)[]
            {
                ("Name", name), ("ProcessId", (uint)(4 + index * 4)), ("ParentProcessId", 4u), ("CommandLine", null), ("ExecutablePath", null),
            });
        }

        static bool HasWorker(VMState state) =>
            !new[] { VMState.Off, VMState.Saved, VMState.FastSaved, VMState.Hibernated, VMState.OffCritical, VMState.SavedCritical, VMState.FastSavedCritical }.Contains(state);

        // The performance counter behind "Hyper-V Virtual Machine Health Summary", whose class has an English name everywhere.
        static IEnumerable<(string, object)[]> Health()
        {
            if (TheHost.Vmms != "Running") yield break;
            var critical = Inventory.Vms.Count(vm => (int)vm.Data.Enum<VMState>("state") >= (int)VMState.RunningCritical);
            yield return new (string, object)[]
            {
                ("Name", null), ("HealthCritical", (uint)critical), ("HealthOk", (uint)(Inventory.Vms.Count() - critical)),
            };
        }

        static IEnumerable<(string, object)[]> VirtualSystems()
        {
            if (TheHost.Vmms != "Running") yield break;
            yield return new (string, object)[] { ("Name", TheHost.Name), ("ElementName", TheHost.Name), ("EnabledState", (ushort)2), ("Description", "Microsoft Hosting Computer System") };
            if (!TheHost.SeesVms) yield break;
            foreach (var vm in Inventory.Vms)
                yield return new (string, object)[]
                {
                    ("Name", vm.Data.Text("id").ToUpperInvariant()), ("ElementName", vm.Data.Text("name")),
                    ("EnabledState", (ushort)vm.Data.Enum<VMState>("state")), ("Description", "Microsoft Virtual Computer System"),
                };
        }

        // Every machine has one; it holds what the guest has said of itself since it was started.
        static IEnumerable<(string, object)[]> KvpComponents()
        {
            if (TheHost.Vmms != "Running" || !TheHost.SeesVms) return Nothing;
            return Inventory.Vms.Select((vm, index) => new (string, object)[]
            {
                ("SystemName", vm.Data.Text("id").ToUpperInvariant()), ("SystemCreationClassName", "Msvm_ComputerSystem"),
                ("CreationClassName", "Msvm_KvpExchangeComponent"), ("ElementName", TheHost.Say("Key-Value Pair Exchange", "Austausch von Schl\u00fcsselwertpaaren")),
                ("DeviceID", "Microsoft:" + vm.Data.Text("id").ToUpperInvariant() + "\\2A34B1C2-FD73-4043-8A5B-DD2159BC743F"),
                ("EnabledState", (ushort)2), ("GuestExchangeItems", Array.Empty<string>()),
                ("GuestIntrinsicExchangeItems", HasWorker(vm.Data.Enum<VMState>("state")) ? GuestItems(vm.Data, index).ToArray() : Array.Empty<string>()),
            });
        }

        static IEnumerable<string> GuestItems(JsonElement vm, int index)
        {
            var written = vm.GetProperty("guestItems");
            if (written.ValueKind != JsonValueKind.Null) return written.EnumerateArray().Select(item => item.GetString());
            var name = Regex.Replace(vm.Text("name").ToLowerInvariant(), "[^a-z0-9-]", "") + "." + TheHost.Facts.Text("domain");
            var address = "10.77." + index / 250 + "." + (index % 250 + 1);
            var items = new List<(string, string)>
            {
                ("FullyQualifiedDomainName", name), ("NetworkAddressIPv4", address), ("NetworkAddressIPv6", "fe80::77:" + index.ToString("x")),
                ("RDPAddressIPv4", address), ("IntegrationServicesVersion", "10.0.20348"), ("ProcessorArchitecture", "9"),
            };
            items.AddRange(vm.GetProperty("productType").ValueKind == JsonValueKind.Null
                ? new[] { ("OSName", "Linux"), ("OSVersion", "6.8.0-45-generic"), ("OSPlatformId", "1000"), ("OSDistributionName", "Ubuntu") }
                : new[]
                {
                    ("OSName", "Windows Server 2022 Datacenter"), ("OSVersion", "10.0.20348"), ("OSBuildNumber", "20348"), ("OSPlatformId", "2"),
                    ("OSEditionId", "8"), ("SuiteMask", "400"), ("CSDVersion", ""), ("ServicePackMajor", "0"), ("ProductType", vm.Text("productType")),
                });
            return items.Select(item => KvpItem(item.Item1, item.Item2));
        }

        // As in the sample "Getting the virtual machine DNS name" of the Microsoft docs.
        static string KvpItem(string name, string data)
        {
            string Property(string key, string value, string type = "string") =>
                "<PROPERTY NAME=\"" + key + "\" " + (value == null ? "PROPAGATED=\"true\" " : "") + "TYPE=\"" + type + "\">"
                + (value == null ? "" : "<VALUE>" + System.Security.SecurityElement.Escape(value) + "</VALUE>") + "</PROPERTY>";
            return "<INSTANCE CLASSNAME=\"Msvm_KvpExchangeDataItem\">" + Property("Caption", null) + Property("Data", data) + Property("Description", null)
                + Property("ElementName", null) + Property("Name", name) + Property("Source", "2", "uint16") + "</INSTANCE>";
        }

        public static IEnumerable<JsonElement> VolumeData => TheHost.Root.GetProperty("volumes").EnumerateArray();

        static IEnumerable<(string, object)[]> Volumes() => VolumeData.Where(Mounted).Select(volume => new (string, object)[]
        {
            ("Name", volume.Text("root")), ("Caption", volume.Text("root")), ("DeviceID", VolumePath(volume)), ("DriveLetter", Letter(volume)),
            ("Label", volume.Text("label")), ("FileSystem", volume.Text("fileSystem")), ("DriveType", 3u),
            ("Capacity", volume.GetProperty("sizeBytes").GetUInt64()), ("FreeSpace", volume.GetProperty("freeBytes").GetUInt64()), ("BlockSize", 4096ul),
        });

        static IEnumerable<(string, object)[]> LogicalDisks() => VolumeData.Where(v => Letter(v) != null).Select(volume => new (string, object)[]
        {
            ("DeviceID", Letter(volume)), ("VolumeName", volume.Text("label")), ("FileSystem", volume.Text("fileSystem")), ("DriveType", 3u),
            ("Size", volume.GetProperty("sizeBytes").GetUInt64()), ("FreeSpace", volume.GetProperty("freeBytes").GetUInt64()),
        });

        static IEnumerable<(string, object)[]> StorageVolumes() => VolumeData.Where(Mounted).Select(StorageVolume);

        public static (string, object)[] StorageVolume(JsonElement volume) => new (string, object)[]
        {
            ("ObjectId", "{1}\\\\" + TheHost.Name + "\\root/Microsoft/Windows/Storage/Providers_v2\\WSP_Volume.ObjectId=\"" + VolumePath(volume) + "\""),
            ("UniqueId", VolumePath(volume)), ("Path", VolumePath(volume)), ("DriveLetter", Letter(volume) == null ? (object)null : Letter(volume)[0]),
            ("FileSystem", volume.Text("fileSystem")), ("FileSystemType", volume.Text("fileSystem")), ("FileSystemLabel", volume.Text("label")),
            ("DriveType", "Fixed"), ("HealthStatus", volume.Text("health")), ("OperationalStatus", volume.Text("health") == "Healthy" ? "OK" : "Degraded"),
            ("Size", volume.GetProperty("sizeBytes").GetUInt64()), ("SizeRemaining", volume.GetProperty("freeBytes").GetUInt64()),
            ("AllocationUnitSize", 4096u), ("DedupMode", "NotAvailable"),
        };

        static bool Mounted(JsonElement volume) => !volume.Text("root").StartsWith(@"\\", StringComparison.Ordinal);
        static string VolumePath(JsonElement volume) => @"\\?\Volume{" + volume.Text("id") + @"}\";
        static string Letter(JsonElement volume)
        {
            var root = volume.Text("root").TrimEnd('\\');
            return root.Length == 2 ? root : null;
        }
    }
}

namespace Microsoft.Management.Infrastructure.CimCmdlets
{
    // Microsoft docs: Get-CimInstance. A query is WQL with comparisons joined by AND or OR.
    [Cmdlet(VerbsCommon.Get, "CimInstance", DefaultParameterSetName = "ClassNameComputerSet")]
    public sealed class GetCimInstanceCommand : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        [Parameter(ParameterSetName = "ClassNameComputerSet", Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
        [Parameter(ParameterSetName = "ClassNameSessionSet", Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
        public string ClassName { get; set; }

        [Parameter(ParameterSetName = "QueryComputerSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
        [Parameter(ParameterSetName = "QuerySessionSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
        public string Query { get; set; }

        [Parameter(ParameterSetName = "ClassNameSessionSet", Mandatory = true), Parameter(ParameterSetName = "QuerySessionSet", Mandatory = true)]
        public CimSession[] CimSession { get; set; }

        [Parameter(ParameterSetName = "ClassNameComputerSet"), Parameter(ParameterSetName = "QueryComputerSet"), Alias("CN", "ServerName")]
        public string[] ComputerName { get; set; }

        [Parameter(ValueFromPipelineByPropertyName = true)]
        public string Namespace { get; set; }

        [Parameter(ParameterSetName = "ClassNameComputerSet"), Parameter(ParameterSetName = "ClassNameSessionSet")]
        public string Filter { get; set; }

        [Parameter(ParameterSetName = "ClassNameComputerSet"), Parameter(ParameterSetName = "ClassNameSessionSet"), Alias("SelectProperties")]
        public string[] Property { get; set; }

        [Parameter(ParameterSetName = "ClassNameComputerSet"), Parameter(ParameterSetName = "ClassNameSessionSet")]
        public SwitchParameter KeyOnly { get; set; }

        [Parameter] public string QueryDialect { get; set; }
        [Parameter] public SwitchParameter Shallow { get; set; }
        [Parameter, Alias("OT")] public uint OperationTimeoutSec { get; set; }

        protected override void ProcessRecord()
        {
            var name = ClassName;
            var condition = Filter;
            if (Query != null)
            {
                var parts = Regex.Match(Query, @"^\s*SELECT\s+[\w\s,*]+?\s+FROM\s+(\w+)(?:\s+WHERE\s+(.+))?\s*$", RegexOptions.IgnoreCase | RegexOptions.Singleline);
                if (!parts.Success)
                {
                    Report(0x80041017, "Invalid query", ErrorCategory.InvalidArgument, Query);
                    return;
                }
                name = parts.Groups[1].Value;
                condition = parts.Groups[2].Success ? parts.Groups[2].Value : null;
            }
            Faults.Begin(invocation, "Get-CimInstance", new[] { name });
            if (Faults.Find("Get-CimInstance", null, null, name.ToLowerInvariant()) is var fault && fault != null)
            {
                if (fault.Kind == "AccessDenied") Report(0x80041003, "Access denied", ErrorCategory.PermissionDenied, name);
                else Report(0x80041001, "Generic failure", ErrorCategory.NotSpecified, name);
                return;
            }
            var space = (Namespace ?? CimClasses.Default).Replace('\\', '/').Trim('/').ToLowerInvariant();
            if (!CimClasses.Knows(space))
            {
                Report(0x8004100E, "Invalid namespace", ErrorCategory.ObjectNotFound, space);
                return;
            }
            var instances = CimClasses.Instances(space, name);
            if (instances == null)
            {
                Report(0x80041010, "Invalid class", ErrorCategory.MetadataError, space + ":" + name);
                return;
            }
            try { WriteObject(instances.Where(instance => condition == null || Holds(instance, condition)).Select(Wanted).ToArray(), true); }
            catch (FormatException) { Report(0x80041017, "Invalid query", ErrorCategory.InvalidArgument, condition); }
        }

        // Properties that were not asked for are there, and null.
        PSObject Wanted(PSObject instance)
        {
            if (Property == null) return instance;
            foreach (var property in instance.Properties.OfType<PSNoteProperty>())
                if (!Property.Contains(property.Name, StringComparer.OrdinalIgnoreCase)) property.Value = null;
            return instance;
        }

        void Report(uint code, string message, ErrorCategory category, object target) =>
            WriteError(new ErrorRecord(new CimException(message), "HRESULT 0x" + code.ToString("x8"), category, target));

        static bool Holds(PSObject instance, string condition) =>
            Regex.Split(condition, @"\s+OR\s+", RegexOptions.IgnoreCase)
                .Any(any => Regex.Split(any, @"\s+AND\s+", RegexOptions.IgnoreCase).All(one => Compares(instance, one)));

        static bool Compares(PSObject instance, string comparison)
        {
            var parts = Regex.Match(comparison, @"^[\s(]*(\w+)\s*(=|<>|!=|>=|<=|>|<|LIKE)\s*(?:'([^']*)'|""([^""]*)""|(\w+))[\s)]*$", RegexOptions.IgnoreCase);
            if (!parts.Success) throw new FormatException(comparison);
            var actual = Convert.ToString(instance.Properties[parts.Groups[1].Value]?.Value, CultureInfo.InvariantCulture);
            var expected = parts.Groups[3].Value + parts.Groups[4].Value + parts.Groups[5].Value;
            var order = decimal.TryParse(actual, out var left) && decimal.TryParse(expected, out var right)
                ? left.CompareTo(right)
                : string.Compare(actual, expected, StringComparison.OrdinalIgnoreCase);
            return parts.Groups[2].Value.ToUpperInvariant() switch
            {
                "=" => order == 0,
                "<>" or "!=" => order != 0,
                ">" => order > 0,
                "<" => order < 0,
                ">=" => order >= 0,
                "<=" => order <= 0,
                _ => WildcardPattern.Get(expected.Replace('%', '*').Replace('_', '?'), WildcardOptions.IgnoreCase).IsMatch(actual),
            };
        }
    }
}
