# Reads checkpoints and virtual disks of the Hyper-V host it runs on, and prints one report. It only reads.
#
# It collects and never judges: what the facts mean is decided by whoever receives them. The report is described in
# report-schema.ts.

$Timings = [ordered]@{}

function Measure-Stage([string]$name, [scriptblock]$stage) {
    $begin = $Clock.ElapsedMilliseconds
    try { return . $stage }
    finally { $Timings[$name] = $Clock.ElapsedMilliseconds - $begin }
}

function ConvertTo-List($values) {
    $records = @($values | ForEach-Object { ConvertTo-Record $_ })
    return '[' + ($records -join ',') + ']'
}

function Complete-Entry($entry) {
    $record = $entry.record
    if ($null -ne $entry.disks -and -not $entry.unreadableDisks) { $record.disks = [object[]]$entry.disks.ToArray() }
    if ($null -ne $entry.checkpoints) { $record.checkpoints = [object[]]$entry.checkpoints.ToArray() }
    $record.errors = [object[]]$entry.errors.ToArray()
    return $record
}

# One record after the other, so that one that cannot be written loses nothing else.
function ConvertTo-VmList($entries) {
    $records = New-Object System.Collections.ArrayList
    foreach ($entry in $entries.Values) {
        try { [void]$records.Add((ConvertTo-Record (Complete-Entry $entry))) }
        catch { Add-HostProblem 'RECORD_INVALID' $_ $entry.record.id }
    }
    return '[' + ($records -join ',') + ']'
}

function Read-Inventory($facts, $collector) {
    $vms = Measure-Stage 'getVm' { , (Read-VmObjects) }
    if ($vms.Count -eq 0 -and $HostErrors.Count -gt 0) { return $null }
    $facts.visibleVms = $vms.Count
    $facts.hintedVms = Measure-Stage 'hint' { Read-VmHint $collector.elevated }
    if ($vms.Count -eq 0 -and $facts.hintedVms -gt 0) { Add-HostProblem 'EMPTY_BUT_HINTED' $null $null }
    elseif (Test-Blind $vms.Count $collector.elevated (Test-Member 'S-1-5-32-578')) {
        Add-HostProblem 'ACCESS_DENIED' 'the account is in neither Administrators nor Hyper-V Administrators and sees no VM' $null
    }
    $facts.fqdn = Read-Fqdn
    $entries = Measure-Stage 'vms' { Read-Entries $vms }
    if ($entries.Count -eq 0) { return $entries }
    Measure-Stage 'disks' { Read-CurrentDisks $entries }
    Measure-Stage 'checkpoints' { Read-Checkpoints $entries }
    Measure-Stage 'guests' { Read-Guests $entries }
    $suspects = @($entries.Values | Where-Object { Test-Suspect $_ })
    Measure-Stage 'checkpointDisks' { foreach ($entry in $suspects) { Read-CheckpointDisk $entry } }
    Measure-Stage 'files' {
        foreach ($entry in $suspects) { Update-Busy $entry }
        foreach ($entry in $suspects) { Read-Chains $entry }
    }
    Measure-Stage 'volumes' { Read-Volumes $entries }
    return $entries
}

function New-Report {
    $elevated = Test-Elevated
    $collector = Read-CollectorFacts $elevated
    $facts = Measure-Stage 'preflight' { Read-HostFacts $elevated }
    $entries = $null
    try { if (Test-Ready $facts $collector) { $entries = Read-Inventory $facts $collector } }
    catch {
        $place = ([string]$_.ScriptStackTrace).Split("`n")[0].Trim()
        Add-HostProblem 'SCRIPT_FAILED' $_ $place
    }
    # The clock is read at the end, so that ages belong to the moment the reading was complete.
    $now = Get-Date
    $facts.utcNow = Format-Time $now
    $started = Format-Time $now.AddMilliseconds(-$Clock.ElapsedMilliseconds)
    $vmList = 'null'
    if ($null -ne $entries) { $vmList = ConvertTo-VmList $entries }
    $Timings.total = $Clock.ElapsedMilliseconds
    $gaps = @($HostErrors | Where-Object { $_.code -ne 'FACT_FAILED' })
    $head = [ordered]@{
        schema = 1; kind = 'hyperv.inventory'; scanId = [string]$Parameters.scanId; startedAt = $started
        finishedAt = $facts.utcNow; complete = $gaps.Count -eq 0; collector = $collector; host = $facts
    }
    $text = ConvertTo-Record $head
    $parts = @(
        $text.Substring(0, $text.Length - 1)
        '"vms":' + $vmList
        '"files":' + (ConvertTo-List $Files.Values)
        '"volumes":' + (ConvertTo-List $Volumes.Values)
        '"jobs":[]'
        '"events":[]'
        '"orphanCandidates":[]'
        '"errors":' + (ConvertTo-List $HostErrors)
    )
    return ($parts -join ',') + '}'
}

Write-Envelope (New-Report)
