# The host, and whether it can be read at all.

function Test-Elevated { return Test-Member 'S-1-5-32-544' }

# Whether an empty list means nothing: VMs that are all off leave no other trace, and without rights none is shown.
function Test-Blind([int]$visible, $isAdministrator, $isHyperVAdministrator) {
    return $visible -eq 0 -and $isAdministrator -eq $false -and $isHyperVAdministrator -eq $false
}

function Read-OsBuild {
    try {
        $system = CimCmdlets\Get-CimInstance -ClassName Win32_OperatingSystem
        return [int]$system.BuildNumber
    }
    catch { return $null }
}

function Read-ComputerName {
    if ([string]$env:COMPUTERNAME -ne '') { return [string]$env:COMPUTERNAME }
    return [Environment]::MachineName
}

function Read-Cluster {
    if ((Read-ServiceState 'ClusSvc') -ne 'Running') { return $null }
    try {
        $cluster = FailoverClusters\Get-Cluster
        return [ordered]@{ id = [string]$cluster.Id; name = [string]$cluster.Name; node = Read-ComputerName }
    }
    catch { return $null }
}

# An account without rights is shown an empty list. These two tell of VMs in other ways, in any language.
function Read-VmHint($elevated) {
    try {
        $class = 'Win32_PerfRawData_VmmsVirtualMachineStats_HyperVVirtualMachineHealthSummary'
        $health = @(CimCmdlets\Get-CimInstance -ClassName $class)
        if ($health.Count -gt 0) { return [int]$health[0].HealthOk + [int]$health[0].HealthCritical }
    }
    catch { $null = $_ }
    # WSL and Windows Sandbox have such processes too, and an administrator is shown everything anyway.
    if ($elevated -eq $true) { return $null }
    try { return @(Get-Process -Name vmwp -ErrorAction SilentlyContinue).Count }
    catch { return $null }
}

# Despite its name the property often holds the domain alone.
function Read-Fqdn {
    try {
        $vmHost = Hyper-V\Get-VMHost
        $name = [string]$vmHost.Name
        $full = [string]$vmHost.FullyQualifiedDomainName
        if ($full -eq '' -or $full.StartsWith("$name.", [StringComparison]::OrdinalIgnoreCase)) { return $full }
        return "$name.$full"
    }
    catch { return $null }
}

function Read-HostFacts($elevated) {
    $now = (Get-Date).ToUniversalTime()
    $zone = [TimeZoneInfo]::Local
    return [ordered]@{
        name         = Read-ComputerName
        fqdn         = $null
        osBuild      = Read-OsBuild
        utcNow       = Format-Time $now
        tz           = $zone.Id
        utcOffsetMin = [int]$zone.GetUtcOffset($now).TotalMinutes
        cluster      = Read-Cluster
        vmms         = Read-ServiceState 'vmms'
        visibleVms   = $null
        hintedVms    = $null
    }
}

function Read-CollectorFacts($elevated) {
    return [ordered]@{
        ps           = [string]$PSVersionTable.PSVersion
        edition      = [string]$PSVersionTable.PSEdition
        x64          = [Environment]::Is64BitProcess
        languageMode = [string]$ExecutionContext.SessionState.LanguageMode
        module       = $null
        elevated     = $elevated
        timings      = $Timings
    }
}

# Whether reading may go on; otherwise the reason is among the errors of the host.
function Test-Ready($facts, $collector) {
    if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
        Add-HostProblem 'WRONG_BITNESS' $null $null
        return $false
    }
    # Before any cmdlet is asked: without the service they fail as if VMs had vanished.
    if ($facts.vmms -eq 'Missing') { Add-HostProblem 'NO_HYPERV_ROLE' $null $null; return $false }
    if ($null -ne $facts.vmms -and $facts.vmms -ne 'Running') {
        Add-HostProblem 'VMMS_STOPPED' $facts.vmms 'vmms'
        return $false
    }
    try {
        Import-Module -Name Hyper-V
        $collector.module = [string](Get-Module -Name Hyper-V).Version
        return $true
    }
    catch {
        $code = 'ENUMERATION_FAILED'
        if ([string]$_.FullyQualifiedErrorId -like 'Modules_ModuleNotFound*') { $code = 'MODULE_MISSING' }
        Add-HostProblem $code $_ 'Hyper-V'
        return $false
    }
}
