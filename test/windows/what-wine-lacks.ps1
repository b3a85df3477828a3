
# Added to setup\windows.ps1 where it is tried under Wine, for what Wine does not have. Everything else runs as it is.

# Wine makes its own of permissions. They are as they were set for as long as the script runs.
$Permissions = @{}

function Read-Sddl([string]$path) {
    if ($Permissions.ContainsKey($path)) { return $Permissions[$path] }
    return 'O:BAG:SYD:AI(A;OICIID;FA;;;SY)'
}

function Write-Sddl([string]$path, [string]$sddl) { $Permissions[$path] = $sddl }

function New-Folder([string]$path, [string]$sddl) {
    $null = New-Item -ItemType Directory -Path $path
    Write-Sddl $path $sddl
}

function Get-LocalGroup([string]$SID) { return [pscustomobject]@{ Name = "group $SID" } }

function Get-LocalGroupMember([string]$SID) { }

function Add-LocalGroupMember([string]$SID, [string]$Member) { }

function Remove-LocalGroupMember([string]$SID, [string]$Member) { }

function Get-NetFirewallRule { [CmdletBinding()] param([string]$Name) }

# sc.exe of Wine answers 1 to what it does not know.
$InvokeProgramOfWindows = ${function:Invoke-Program}

function Invoke-Program([string]$path, [string[]]$arguments, [int]$limitSeconds) {
    $ran = & $InvokeProgramOfWindows $path $arguments $limitSeconds
    if ($path.EndsWith('\sc.exe') -and $arguments[0] -in 'sidtype', 'failureflag') { $ran.code = 0 }
    return $ran
}

# A test need not wait for a limit: it says how much of the time is to have passed.
function Get-Second {
    $skipped = 0
    if (Test-Path -LiteralPath 'C:\skipped-seconds') { $skipped = [double](Get-Content -LiteralPath 'C:\skipped-seconds') }
    return [Diagnostics.Stopwatch]::GetTimestamp() / [Diagnostics.Stopwatch]::Frequency + $skipped
}
