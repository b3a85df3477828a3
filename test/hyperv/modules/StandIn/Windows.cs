using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CheckpointStandIn;

// What a Windows host offers and PowerShell on other systems does not, or does differently.
namespace System.ServiceProcess
{
    // Microsoft docs: System.ServiceProcess.ServiceControllerStatus.
    public enum ServiceControllerStatus
    {
        Stopped = 1, StartPending = 2, StopPending = 3, Running = 4, ContinuePending = 5, PausePending = 6, Paused = 7,
    }

    public enum ServiceStartMode { Boot = 0, System = 1, Automatic = 2, Manual = 3, Disabled = 4 }

    public sealed class ServiceController
    {
        internal ServiceController(string name, string display, bool running)
        {
            ServiceName = name;
            DisplayName = display;
            Status = running ? ServiceControllerStatus.Running : ServiceControllerStatus.Stopped;
        }

        public string Name => ServiceName;
        public string ServiceName { get; }
        public string DisplayName { get; }
        public ServiceControllerStatus Status { get; }
        public ServiceStartMode StartType => ServiceStartMode.Automatic;
        public string MachineName => ".";
    }
}

namespace Microsoft.PowerShell.Commands
{
    public class ServiceCommandException : SystemException
    {
        public ServiceCommandException(string message) : base(message) { }
    }

    [Cmdlet(VerbsCommon.Get, "Service", DefaultParameterSetName = "Default")]
    [OutputType(typeof(System.ServiceProcess.ServiceController))]
    public sealed class GetServiceCommand : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        [Parameter(ParameterSetName = "Default", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
        [Alias("ServiceName"), ValidateNotNullOrEmpty]
        public string[] Name { get; set; }

        [Parameter(ParameterSetName = "DisplayName", Mandatory = true)]
        public string[] DisplayName { get; set; }

        [Parameter, Alias("DS")]
        public SwitchParameter DependentServices { get; set; }

        [Parameter, Alias("SDO", "ServicesDependedOn")]
        public SwitchParameter RequiredServices { get; set; }

        [Parameter, ValidateNotNullOrEmpty]
        public string[] Include { get; set; }

        [Parameter, ValidateNotNullOrEmpty]
        public string[] Exclude { get; set; }

        protected override void ProcessRecord()
        {
            Faults.Begin(invocation, "Get-Service", Name ?? Array.Empty<string>());
            foreach (var name in Name ?? new[] { "*" })
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                var found = Services.All.Where(s => pattern.IsMatch(s.Name)).ToArray();
                foreach (var service in found) WriteObject(service);
                if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                    WriteError(new ErrorRecord(new ServiceCommandException("Cannot find any service with service name '" + name + "'."),
                        "NoServiceFoundForGivenName", ErrorCategory.ObjectNotFound, name));
            }
        }
    }

    public static class Services
    {
        public static IEnumerable<System.ServiceProcess.ServiceController> All
        {
            get
            {
                yield return new System.ServiceProcess.ServiceController("WinRM", "Windows Remote Management (WS-Management)", true);
                if (TheHost.Vmms != "Missing")
                    yield return new System.ServiceProcess.ServiceController("vmms",
                        TheHost.Say("Hyper-V Virtual Machine Management", "Hyper-V-Verwaltung f\u00fcr virtuelle Computer"), TheHost.Vmms == "Running");
                if (TheHost.Facts.GetProperty("cluster").ValueKind != System.Text.Json.JsonValueKind.Null)
                    yield return new System.ServiceProcess.ServiceController("ClusSvc", TheHost.Say("Cluster Service", "Clusterdienst"), true);
            }
        }
    }

    // The worker processes of machines; other processes are those of this machine.
    [Cmdlet(VerbsCommon.Get, "Process", DefaultParameterSetName = "Name")]
    public sealed class GetProcessCommand : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        [Parameter(ParameterSetName = "Name", Position = 0, ValueFromPipelineByPropertyName = true), Alias("ProcessName"), ValidateNotNullOrEmpty]
        public string[] Name { get; set; }

        [Parameter(ParameterSetName = "Id", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PID")]
        public int[] Id { get; set; }

        protected override void ProcessRecord()
        {
            var asked = Name ?? Array.Empty<string>();
            Faults.Begin(invocation, "Get-Process", asked);
            if (!asked.Contains("vmwp", StringComparer.OrdinalIgnoreCase))
            {
                var real = InvokeCommand.GetCommand(@"Microsoft.PowerShell.Management\Get-Process", CommandTypes.Cmdlet);
                WriteObject(InvokeCommand.InvokeScript("param($command, $parameters) & $command @parameters", false,
                    System.Management.Automation.Runspaces.PipelineResultTypes.None, null, real, new System.Collections.Hashtable(MyInvocation.BoundParameters)), true);
                return;
            }
            var workers = CimClasses.Instances(CimClasses.Default, "Win32_Process").Where(process => Equals(process.Properties["Name"].Value, "vmwp.exe")).ToArray();
            foreach (var worker in workers)
            {
                var process = new PSObject();
                process.TypeNames.Insert(0, "System.Diagnostics.Process");
                // Name is an alias of ProcessName that the type data adds.
                process.Properties.Add(new PSNoteProperty("ProcessName", "vmwp"));
                process.Properties.Add(new PSNoteProperty("Id", (int)(uint)worker.Properties["ProcessId"].Value));
                WriteObject(process);
            }
            if (workers.Length == 0)
                WriteError(new ErrorRecord(new ProcessCommandException("Cannot find a process with the name \"vmwp\"."), "NoProcessFoundForGivenName", ErrorCategory.ObjectNotFound, "vmwp"));
        }
    }

    // Answers for Windows paths and leaves every other path to the real cmdlet of the same name.
    public abstract class WindowsPathCmdlet : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        protected abstract string[] Asked { get; }
        protected string Cmdlet => MyInvocation.MyCommand.Name;

        protected override void ProcessRecord()
        {
            if (!Asked.Any(WindowsPaths.IsWindows))
            {
                var real = InvokeCommand.GetCommand(Real, CommandTypes.Cmdlet);
                WriteObject(InvokeCommand.InvokeScript("param($command, $parameters) & $command @parameters", false,
                    System.Management.Automation.Runspaces.PipelineResultTypes.None, null, real, new System.Collections.Hashtable(MyInvocation.BoundParameters)), true);
                return;
            }
            Faults.Begin(invocation, Cmdlet, Asked);
            foreach (var path in Asked) Answer(path);
        }

        protected virtual string Real => @"Microsoft.PowerShell.Management\" + Cmdlet;
        protected abstract void Answer(string path);

        // Codes and identifiers of the file system provider: PowerShell sources, FileSystemProvider.cs.
        protected bool Meets(string path, string unauthorized, string broken)
        {
            var fault = Faults.Find(Cmdlet, null, null, WindowsPaths.Key(path));
            if (fault == null) return false;
            if (fault.Effect == "empty") return true;
            var error = fault.Kind switch
            {
                "AccessDenied" => new ErrorRecord(new UnauthorizedAccessException(
                    TheHost.Say("Access to the path is denied: ", "Der Zugriff auf den Pfad wurde verweigert: ") + path), unauthorized, ErrorCategory.PermissionDenied, path),
                "ObjectNotFound" => NotFound(path),
                _ => new ErrorRecord(new IOException(
                    TheHost.Say("The process cannot access the file because it is being used by another process: ", "Der Prozess kann nicht auf die Datei zugreifen: ") + path,
                    unchecked((int)0x80070020)), broken, ErrorCategory.ReadError, path),
            };
            if (fault.Effect == "terminate") ThrowTerminatingError(error);
            WriteError(error);
            return true;
        }

        protected static ErrorRecord NotFound(string path) =>
            new ErrorRecord(new ItemNotFoundException(TheHost.Say("Cannot find path because it does not exist: ", "Der Pfad ist nicht vorhanden: ") + path),
                "PathNotFound", ErrorCategory.ObjectNotFound, path);

        // A file or folder as the provider gives it, but with the names that it has on Windows.
        protected static PSObject Item(FileSystemInfo info, string path)
        {
            var item = PSObject.AsPSObject(info);
            var cut = path.LastIndexOf('\\');
            Set(item, "FullName", path);
            Set(item, "PSPath", @"Microsoft.PowerShell.Core\FileSystem::" + path);
            if (cut > 0)
            {
                Set(item, "PSParentPath", @"Microsoft.PowerShell.Core\FileSystem::" + path.Substring(0, cut));
                if (info is FileInfo) Set(item, "DirectoryName", path.Substring(0, cut));
            }
            Set(item, "PSChildName", path.Substring(cut + 1));
            Set(item, "PSIsContainer", info is DirectoryInfo);
            return item;
        }

        static void Set(PSObject item, string name, object value) => item.Properties.Add(new PSNoteProperty(name, value), true);

        protected static PSObject Find(string path)
        {
            var file = WindowsPaths.File(path);
            if (file != null) return Item(new FileInfo(WindowsPaths.Local(file.Value.Text("path"))), path);
            var folder = WindowsPaths.Folder(path);
            return folder == null ? null : Item(new DirectoryInfo(WindowsPaths.Local(folder)), path);
        }
    }

    [Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
    public sealed class GetItemCommand : WindowsPathCmdlet
    {
        [Parameter(ParameterSetName = "Path", Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
        public string[] Path { get; set; }

        [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
        public string[] LiteralPath { get; set; }

        [Parameter] public string Filter { get; set; }
        [Parameter] public string[] Include { get; set; }
        [Parameter] public string[] Exclude { get; set; }
        [Parameter] public SwitchParameter Force { get; set; }
        [Parameter(ValueFromPipelineByPropertyName = true)] public PSCredential Credential { get; set; }
        [Parameter] public string[] Stream { get; set; }

        protected override string[] Asked => Path ?? LiteralPath;

        // The size of a disk that is in use can be had: only metadata is read.
        protected override void Answer(string path)
        {
            if (Meets(path, "GetItemUnauthorizedAccessError", "GetItemIOError")) return;
            var item = Find(path);
            if (item == null) WriteError(NotFound(path));
            else WriteObject(item);
        }
    }

    [Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Items")]
    public sealed class GetChildItemCommand : WindowsPathCmdlet
    {
        [Parameter(ParameterSetName = "Items", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
        public string[] Path { get; set; }

        [Parameter(ParameterSetName = "LiteralItems", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
        public string[] LiteralPath { get; set; }

        [Parameter(Position = 1)] public string Filter { get; set; }
        [Parameter] public string[] Include { get; set; }
        [Parameter] public string[] Exclude { get; set; }
        [Parameter, Alias("s")] public SwitchParameter Recurse { get; set; }
        [Parameter] public uint Depth { get; set; }
        [Parameter] public SwitchParameter Force { get; set; }
        [Parameter] public SwitchParameter Name { get; set; }
        [Parameter] public SwitchParameter File { get; set; }
        [Parameter, Alias("ad")] public SwitchParameter Directory { get; set; }

        protected override string[] Asked => Path ?? LiteralPath ?? Array.Empty<string>();

        protected override void Answer(string path)
        {
            if (Meets(path, "DirUnauthorizedAccessError", "DirIOError")) return;
            if (WindowsPaths.File(path) != null)
            {
                WriteObject(Find(path));
                return;
            }
            if (WindowsPaths.Folder(path) == null)
            {
                WriteError(NotFound(path));
                return;
            }
            var prefix = WindowsPaths.Key(path).TrimEnd('\\') + @"\";
            var files = Directory ? Enumerable.Empty<string>() : WindowsPaths.Files.Select(f => f.Text("path"));
            var folders = File ? Enumerable.Empty<string>() : WindowsPaths.Folders;
            var filter = WildcardPattern.Get(Filter ?? "*", WildcardOptions.IgnoreCase);
            foreach (var child in folders.Concat(files).OrderBy(c => c, StringComparer.OrdinalIgnoreCase))
            {
                var key = WindowsPaths.Key(child);
                if (!key.StartsWith(prefix, StringComparison.Ordinal) || key.Length == prefix.Length) continue;
                if (!Recurse && key.IndexOf('\\', prefix.Length) >= 0) continue;
                var name = child.Substring(child.LastIndexOf('\\') + 1);
                if (!filter.IsMatch(name)) continue;
                var shown = path.TrimEnd('\\') + @"\" + child.Substring(child.Length - (key.Length - prefix.Length));
                WriteObject(Name ? name : Find(shown));
            }
        }
    }

    [Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
    public sealed class TestPathCommand : WindowsPathCmdlet
    {
        [Parameter(ParameterSetName = "Path", Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
        public string[] Path { get; set; }

        [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
        public string[] LiteralPath { get; set; }

        [Parameter, Alias("Type")] public TestPathType PathType { get; set; }
        [Parameter] public string Filter { get; set; }
        [Parameter] public SwitchParameter IsValid { get; set; }

        protected override string[] Asked => Path ?? LiteralPath;

        protected override void Answer(string path)
        {
            if (Meets(path, "ItemExistsUnauthorizedAccessError", "ItemExistsIOError")) return;
            WriteObject(PathType switch
            {
                TestPathType.Leaf => WindowsPaths.File(path) != null,
                TestPathType.Container => WindowsPaths.Folder(path) != null,
                _ => WindowsPaths.File(path) != null || WindowsPaths.Folder(path) != null,
            });
        }
    }

    // The clock of the host is the scenario's, so that recordings do not change from day to day.
    [Cmdlet(VerbsCommon.Get, "Date", DefaultParameterSetName = "Now")]
    public sealed class GetDateCommand : PSCmdlet
    {
        [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("LastWriteTime")]
        public DateTime Date { get; set; }

        [Parameter] public int Year { get; set; }
        [Parameter] public int Month { get; set; }
        [Parameter] public int Day { get; set; }
        [Parameter] public int Hour { get; set; }
        [Parameter] public int Minute { get; set; }
        [Parameter] public int Second { get; set; }
        [Parameter] public int Millisecond { get; set; }
        [Parameter] public DisplayHintType DisplayHint { get; set; }
        [Parameter] public string UFormat { get; set; }
        [Parameter] public string Format { get; set; }
        [Parameter] public SwitchParameter AsUTC { get; set; }

        protected override void ProcessRecord()
        {
            var parameters = new System.Collections.Hashtable(MyInvocation.BoundParameters);
            if (!parameters.ContainsKey(nameof(Date))) parameters[nameof(Date)] = TheHost.UtcNow.ToLocalTime();
            var real = InvokeCommand.GetCommand(@"Microsoft.PowerShell.Utility\Get-Date", CommandTypes.Cmdlet);
            WriteObject(InvokeCommand.InvokeScript("param($command, $parameters) & $command @parameters", false,
                System.Management.Automation.Runspaces.PipelineResultTypes.None, null, real, parameters), true);
        }
    }
}
