using System;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using CheckpointStandIn;

namespace Microsoft.Windows.Storage
{
    // Microsoft docs: Get-Volume of the Storage module (a CDXML function there).
    [Cmdlet(VerbsCommon.Get, "Volume", DefaultParameterSetName = "ByDriveLetter")]
    public sealed class GetVolume : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        [Parameter(ParameterSetName = "ByDriveLetter", Position = 0)]
        public char[] DriveLetter { get; set; }

        [Parameter(ParameterSetName = "ById", ValueFromPipelineByPropertyName = true)]
        public string[] ObjectId { get; set; }

        [Parameter(ParameterSetName = "ByUniqueId"), Alias("Id")]
        public string[] UniqueId { get; set; }

        [Parameter(ParameterSetName = "ByPaths")]
        public string[] Path { get; set; }

        [Parameter(ParameterSetName = "ByLabel"), Alias("FriendlyName")]
        public string[] FileSystemLabel { get; set; }

        [Parameter(ParameterSetName = "ByFilePath", ValueFromPipelineByPropertyName = true), Alias("FullName"), ValidateNotNullOrEmpty]
        public string FilePath { get; set; }

        [Parameter] public Management.Infrastructure.CimSession[] CimSession { get; set; }
        [Parameter] public int ThrottleLimit { get; set; }
        [Parameter] public SwitchParameter AsJob { get; set; }

        protected override void ProcessRecord()
        {
            var asked = FilePath != null ? new[] { FilePath } : DriveLetter?.Select(l => l.ToString()).ToArray() ?? UniqueId ?? Path ?? FileSystemLabel ?? ObjectId ?? Array.Empty<string>();
            Faults.Begin(invocation, "Get-Volume", asked);
            if (FilePath != null && Faults.Find("Get-Volume", null, null, WindowsPaths.Key(FilePath)) is var fault && fault != null)
            {
                if (fault.Kind == "AccessDenied")
                    WriteError(new ErrorRecord(new Management.Infrastructure.CimException("Access denied"), "StorageWMI 40001", ErrorCategory.PermissionDenied, null));
                else NotFound("FilePath", FilePath);
                return;
            }
            var found = CimClasses.VolumeData.Where(v => v.GetProperty("found").GetBoolean()).ToArray();
            if (FilePath != null) found = Holding(found);
            var volumes = found.Select(v => CimClasses.Instance("ROOT/Microsoft/Windows/Storage", "MSFT_Volume", CimClasses.StorageVolume(v))).Where(Matches).ToArray();
            if (volumes.Length == 0 && asked.Length > 0) NotFound(FilePath == null ? ParameterSetName.Substring(2) : "FilePath", asked[0]);
            WriteObject(volumes, true);
        }

        // The volume with the longest mount point that the file lies under, as for a volume mounted in a folder.
        JsonElement[] Holding(JsonElement[] volumes)
        {
            var file = WindowsPaths.Key(FilePath) + @"\";
            return volumes.Where(v => file.StartsWith(WindowsPaths.Key(v.Text("root")) + @"\", StringComparison.Ordinal))
                .OrderByDescending(v => v.Text("root").Length).Take(1).ToArray();
        }

        bool Matches(PSObject volume)
        {
            bool Has(string property, string[] values) =>
                values == null || values.Any(v => WildcardPattern.Get(v.Replace("?", "`?"), WildcardOptions.IgnoreCase).IsMatch(Convert.ToString(volume.Properties[property].Value)));
            return (DriveLetter == null || DriveLetter.Any(l => Equals(volume.Properties["DriveLetter"].Value, char.ToUpperInvariant(l))))
                && Has("UniqueId", UniqueId) && Has("Path", Path) && Has("FileSystemLabel", FileSystemLabel) && Has("ObjectId", ObjectId);
        }

        void NotFound(string property, string value) =>
            WriteError(new ErrorRecord(new ItemNotFoundException("No MSFT_Volume objects found with property '" + property + "' equal to '" + value + "'."),
                "CmdletizationQuery_NotFound_" + property, ErrorCategory.ObjectNotFound, value));
    }
}
